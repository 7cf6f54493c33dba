"""backtesting.py: what it returns lands equal, from its files and from its frames."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from conftest import RunCli
from curvehouse.home import Home
from curvehouse.readers.tools import FaultyFileError, ReasonCode
from doc_pages import python_blocks, read_page, run_consoles, run_tool
from landed import landed_curves, landed_trades, our_figures
from tool_files import read_tool
from tool_runs import daily_bars

PAGE = read_page("tools/backtesting_py.md")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The page's files, and what its names are."""
    backtesting = pytest.importorskip("backtesting")
    crossover = pytest.importorskip("backtesting.lib").crossover

    def mean(closes: Any, bars: int) -> Any:
        return pd.Series(closes).rolling(bars).mean()

    class SmaCross(backtesting.Strategy):  # type: ignore[name-defined, misc]
        def init(self) -> None:
            self.fast = self.I(mean, self.data.Close, 5)
            self.slow = self.I(mean, self.data.Close, 20)

        def next(self) -> None:
            if crossover(self.fast, self.slow):
                self.position.close()
                self.buy()
            elif crossover(self.slow, self.fast):
                self.position.close()
                self.sell()

    folder = tmp_path_factory.mktemp("backtesting_py")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(backtesting.backtesting, "_tqdm", lambda bars, **_: bars)
        known = {"Backtest": backtesting.Backtest, "SmaCross": SmaCross, "bars": daily_bars()}
        yield folder, run_tool(PAGE, known)


def test_the_page_runs(
    written: tuple[Path, dict[str, Any]],
    home: Home,
    run_cli: RunCli,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, known = written
    monkeypatch.chdir(folder)
    run_consoles(PAGE, run_cli)
    python_blocks(PAGE, known, slice(1, None))
    stats = known["stats"]
    for run_id in ("mine", "notebook"):
        ((_, equity),) = landed_curves(home, run_id).items()
        assert np.array_equal(equity, stats["_equity_curve"]["Equity"])
        figures = our_figures(equity, 10_000)
        assert figures["total_return"] * 100 == pytest.approx(stats["Return [%]"], rel=1e-9)
        assert figures["max_drawdown"] * 100 == pytest.approx(stats["Max. Drawdown [%]"], rel=1e-9)
        trades = landed_trades(home, run_id)
        theirs = stats["_trades"]
        assert [trade["pnl"] for trade in trades] == pytest.approx(list(theirs["PnL"]), rel=1e-9)
        assert [trade["side"] for trade in trades] == [
            "long" if size > 0 else "short" for size in theirs["Size"]
        ]
        assert [trade["entry_at"] for trade in trades] == list(theirs["EntryTime"])
        assert {trade["side"] for trade in trades} == {"long", "short"}
        # Net of fees, and all closed: the curve ends where the trades do.
        assert sum(trade["pnl"] for trade in trades) == pytest.approx(equity[-1] - 10_000)


def test_parquet_is_read_alike(written: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    folder, known = written
    for name, frame in (("equity_curve", "_equity_curve"), ("trades", "_trades")):
        path = tmp_path / f"{name}.parquet"
        known["stats"][frame].to_parquet(path, index=frame == "_equity_curve")
        (packed,), (plain,) = (
            read_tool(place).backtests for place in (path, folder / f"{name}.csv")
        )
        for kind in ("curve", "trades"):
            ours, theirs = getattr(packed, kind), getattr(plain, kind)
            assert (ours is None) == (theirs is None)
            for column in ours.column_names if ours is not None else ():
                values = theirs.column(column).to_pylist()
                if column.endswith(("price", "pnl", "fees", "size")):
                    values = [float(value) for value in values]
                if not column.endswith("_at"):
                    assert ours.column(column).to_pylist() == values, column


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Size,EntryBar,ExitBar,EntryPrice,ExitPrice,PnL,EntryTime,ExitTime\n", "no_result"),
        ("Date,Equity\n2020-01-01,1\n", "wrong_tool"),
        ("Date,Equity,DrawdownPct,DrawdownDuration\n2020-01-01,1\n", "bad_row"),
        ("Equity,DrawdownPct,DrawdownDuration\n1,0,0\n", "missing_column"),
    ],
)
def test_bad_files(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / f"file{os.extsep}csv"
    path.write_text(text)
    with pytest.raises(FaultyFileError) as fault:
        read_tool(path, "backtesting_py")
    assert fault.value.code is ReasonCode(code)
