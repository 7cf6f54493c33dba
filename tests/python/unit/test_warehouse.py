"""Data frames land as files do, whichever library made them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import curvehouse
from curvehouse import Curvehouse
from curvehouse.errors import QueryError, UsageError
from curvehouse.home import Home
from curvehouse.ingest import ReasonCode, retract_paths, retract_run
from doc_pages import python_blocks, read_page
from landed import landed_curves, landed_trades
from raw_rows import ledger_rows, rows_of

DAYS = pd.date_range("2024-01-01", periods=4)
EQUITY = [100.0, 101.0, 99.0, 102.5]
FRAMES: dict[str, Callable[[], Any]] = {
    "pandas series": lambda: pd.Series(EQUITY, DAYS),
    "pandas frame": lambda: pd.DataFrame({"date": DAYS, "nav": EQUITY}),
    "pandas index": lambda: pd.DataFrame({"equity": EQUITY}, DAYS.rename("day")),
    "pandas text": lambda: pd.DataFrame({"date": DAYS.strftime("%Y-%m-%d"), "equity": EQUITY}),
    "pandas in nanoseconds": lambda: pd.Series(EQUITY, DAYS.as_unit("ns"), name="equity"),
    "polars": lambda: pl.DataFrame({"ts": list(DAYS.to_pydatetime()), "equity": EQUITY}),
    "polars dates": lambda: pl.DataFrame({"ts": [day.date() for day in DAYS], "equity": EQUITY}),
    "arrow": lambda: pa.table({"ts": pa.array(DAYS), "equity": pa.array(EQUITY)}),
    "arrow chunks": lambda: pa.concat_tables(
        pa.table({"ts": pa.array(DAYS[part]), "equity": EQUITY[part]})
        for part in (slice(1), slice(1, None))
    ),
}


@pytest.mark.parametrize("kind", FRAMES)
def test_the_same_content_is_the_same_whoever_made_it(home: Home, kind: str) -> None:
    named = {"run_id": "r", "strategy": "s"}
    assert curvehouse.load(FRAMES["arrow"](), **named).loaded == 1
    report = curvehouse.load(FRAMES[kind](), **named)
    assert (report.loaded, report.unchanged) == (0, 1)
    assert landed_curves(home, "r")["s", "{}"].tolist() == EQUITY
    assert rows_of(home, "select min(ts)::varchar from raw.equity") == [("2024-01-01 00:00:00",)]


def test_frames_have_a_ledger(home: Home) -> None:
    warehouse = Curvehouse(home.root)
    frame = pd.DataFrame({"a": EQUITY, "b": EQUITY}, DAYS)
    assert warehouse.add_curves(frame, run_id="r").loaded == 2
    frame["b"] += 1
    report = warehouse.add_curves(frame, run_id="r")
    assert (report.loaded, report.unchanged) == (1, 1)
    assert landed_curves(home, "r")["b", "{}"].tolist() == [value + 1 for value in EQUITY]
    assert rows_of(home, "select distinct file_path from raw.files") == [("python:/r",)]
    frame.loc[DAYS[1], "b"] = -1
    report = warehouse.add_curves(frame, run_id="r")
    (file,) = report.quarantined_files
    assert (file.code, file.line) == (ReasonCode.NON_POSITIVE_EQUITY, 2)
    assert str(file).startswith(
        "python:/r:2: non_positive_equity: column 'b' has the equity '-1.0'"
    )
    assert retract_run(home, "r") == 2
    assert warehouse.add_curves(frame["a"], run_id="r", strategy="a").retracted == 1
    assert warehouse.add_curves(frame["a"], run_id="r", strategy="a", restore=True).loaded == 1
    assert retract_paths(home, [Path("python:/r/a")]) == 1
    assert ledger_rows(home)[-1] == ("equity", "retracted")


def test_levels_are_parameters_and_zones_are_kept(home: Home) -> None:
    levels = pd.MultiIndex.from_tuples(
        [("x", 1, 0.5, "A"), ("x", 2, True, "A")], names=["strategy", "seed", "level", "symbol"]
    )
    frame = pd.DataFrame(
        np.array([EQUITY, EQUITY]).T, DAYS.tz_localize("Europe/Berlin"), columns=levels
    )
    assert curvehouse.load(frame, run_id="r").loaded == 2
    assert rows_of(home, "select strategy, seed, symbol, params from raw.jobs order by seed") == [
        ("x", 1, "A", '{"level": 0.5}'),
        ("x", 2, "A", '{"level": true}'),
    ]
    assert rows_of(home, "select distinct timezone, day_count from raw.files") == [
        ("Europe/Berlin", 4)
    ]
    assert rows_of(home, "select min(ts)::varchar from raw.equity") == [("2023-12-31 23:00:00",)]


def test_curve_and_trades_belong_together(home: Home) -> None:
    trades = pl.DataFrame(
        {
            "side": ["long", "short"],
            "entry_at": list(DAYS[:2].to_pydatetime()),
            "exit_at": [DAYS[2].to_pydatetime(), None],
            "qty": [1, 2],
            "entry_price": [10.0, 11.0],
            "exit_price": [11.0, None],
            "pnl": [1.0, None],
        }
    )
    named: dict[str, Any] = {"run_id": "r", "strategy": "s", "starting_cash": 99.5}
    report = curvehouse.load(FRAMES["polars"](), trades=trades, **named)
    assert report.loaded == 2
    assert [trade["pnl"] for trade in landed_trades(home, "r")] == [1.0, None]
    assert rows_of(home, "select distinct backtest_id, starting_cash from raw.jobs") == [
        (rows_of(home, "select min(backtest_id) from raw.files")[0][0], 99.5)
    ]
    warehouse = Curvehouse()
    in_nanoseconds = trades.to_pandas().astype({"entry_at": "datetime64[ns]"})
    assert warehouse.add_trades(in_nanoseconds, **named).unchanged == 1
    # What a notebook has beside the columns of trades is left out.
    spans = [pd.Timedelta(days=2), None]
    more = pd.DataFrame({**trades.to_pandas(), "span": spans, "tags": [["a"], None]})
    assert warehouse.add_trades(more, **named).quarantined == 0
    bad = trades.with_columns(side=pl.lit("sideways"))
    (file,) = warehouse.add_trades(bad, **named).quarantined_files
    assert (file.code, file.line) == (ReasonCode.BAD_TRADE, 1)


@pytest.mark.parametrize(
    ("frame", "named", "message"),
    [
        ([1, 2], {"strategy": "s"}, "a list is no frame: give one of pandas, Polars or Arrow"),
        (pd.Series(EQUITY, DAYS.to_period("D")), {}, "its index is of periods; to_timestamp"),
        (pd.Series(EQUITY, DAYS), {}, "doesn't say which strategy it is of"),
        (pd.Series(EQUITY, DAYS), {"strategy": ""}, "--strategy is empty"),
        (pd.Series(EQUITY, DAYS), {"strategy": "s", "format": "no"}, "'no' is unknown; choose"),
        (pd.Series(EQUITY, DAYS), {"strategy": "s", "unit": "percent"}, "--unit says nothing"),
        (pd.Series(EQUITY, DAYS), {"strategy": "s", "timezone": "Mars/X"}, "--timezone"),
        (
            pd.DataFrame([[1, 2]], DAYS[:1], columns=["a", "a"]),
            {"strategy": "s"},
            "can't become a table",
        ),
        (
            pd.DataFrame({"Size": [1], "EntryBar": 1, "ExitBar": 1, "EntryPrice": 1.0}).assign(
                ExitPrice=1.0, EntryTime=DAYS[0], ExitTime=DAYS[1], PnL=0.0
            ),
            {"strategy": "s"},
            "holds trades and no curves: use add_trades",
        ),
    ],
)
def test_what_is_worded_wrong_changes_nothing(
    home: Home, frame: Any, named: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        Curvehouse().add_curves(frame, run_id="r", **named)
    assert not home.working_file.exists() or rows_of(home, "from raw.files") == []


def test_frames_without_times_are_quarantined(home: Home) -> None:
    (file,) = curvehouse.load(
        pd.DataFrame({"a": EQUITY}), run_id="r", strategy="s"
    ).quarantined_files
    assert (file.code, file.path) == (ReasonCode.MISSING_COLUMN, "python:/r/s")
    assert curvehouse.load(pd.Series(EQUITY, DAYS), run_id="r", strategy="s").loaded == 1
    assert ledger_rows(home) == [
        ("results", "quarantined"),
        ("equity", "loaded"),
        ("results", "cleared"),
    ]


def test_importing_curvehouse_is_instant() -> None:
    code = (
        "import sys, curvehouse; curvehouse.Curvehouse; "
        "print({'duckdb', 'pandas', 'polars', 'pyarrow', 'pydantic'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "set()\n", done.stderr
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = curvehouse.nothing


def test_queries_and_builds(
    demo_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = Curvehouse(demo_home.root).query(
        "select backtest_id, 1::bigint as n, null::double as nothing from dim_backtests where false"
    )
    assert table.schema.types == [pa.string(), pa.int64(), pa.float64()]
    copy = tmp_path / "home"
    shutil.copytree(demo_home.root, copy, symlinks=True)
    monkeypatch.setenv("CURVEHOUSE_HOME", str(copy))
    known = python_blocks(read_page("python.md"), {"warehouse": Curvehouse()}, slice(-1, None))
    assert known["table"].num_rows == len(known["table"].to_pandas()) > 50
    assert Curvehouse().build().is_new is False
    with pytest.raises(QueryError, match="nothing is published"):
        Curvehouse(tmp_path / "none").query("select 1")
