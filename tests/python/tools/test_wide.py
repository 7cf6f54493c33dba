"""Wide tables: what the header says, and which rows each curve gets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curvehouse.readers.tools import FaultyFileError, ReasonCode, ToolBacktest
from tool_files import read_tool, values_of

DAYS = pd.date_range("2024-01-01", periods=3)


def names_of(backtest: ToolBacktest) -> tuple[Any, ...]:
    return backtest.strategy, backtest.symbol, backtest.seed, dict(backtest.params)


def test_levels_say_what_they_are_called_after(tmp_path: Path) -> None:
    path = tmp_path / "w.csv"
    path.write_text(
        "strategy,trend,trend\nsymbol,SPY,QQQ\nseed,1,-2\nwindow,20,0.5\nis on,True,x\n"
        "2024-01-01,1,2\n"
    )
    first, second = read_tool(path).backtests
    assert names_of(first) == ("trend", "SPY", 1, {"window": 20, "is on": True})
    assert names_of(second) == ("trend", "QQQ", -2, {"window": 0.5, "is on": "x"})
    assert first.label == "column 'strategy=trend, symbol=SPY, seed=1, window=20, is on=True'"


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
@pytest.mark.parametrize("index", [None, "Date"])
def test_pandas_levels_come_back(tmp_path: Path, suffix: str, index: str | None) -> None:
    levels = pd.MultiIndex.from_product([[1, 2], [0.5, 1e-7], ["a"]], names=["n", "x", "t"])
    values = np.random.default_rng(1).uniform(1, 2, (3, 4))
    frame = pd.DataFrame(values, DAYS.rename(index), levels)
    path = tmp_path / f"w.{suffix}"
    getattr(frame, f"to_{suffix}")(path)
    backtests = read_tool(path).backtests
    assert [one.params for one in backtests] == [
        dict(zip(("n", "x", "t"), level, strict=True)) for level in levels
    ]
    for one, column in zip(backtests, values.T, strict=True):
        assert values_of(one.curve, "equity") == list(column)
        assert values_of(one.curve, "ts") == list(DAYS)


def test_one_level_names_strategies_or_what_columns_says(tmp_path: Path) -> None:
    path = tmp_path / "w.csv"
    path.write_bytes("\ufeffDate,10,20\r\n20240101,1,2\r\n20240102,2,3\r\n".encode())
    assert [one.strategy for one in read_tool(path, "wide").backtests] == ["10", "20"]
    (chosen,) = read_tool(path, "wide", strategy="20").backtests
    assert values_of(chosen.curve, "equity") == [2, 3]
    for said, names in (
        ("window", (None, None, None, {"window": 10})),
        ("symbol", (None, "10", None, {})),
        ("seed", (None, None, 10, {})),
    ):
        assert names_of(read_tool(path, "wide", columns=said).backtests[0]) == names


@pytest.mark.parametrize("name", ["equity", "Portfolio Value", "nav", "0"])
def test_an_only_column_may_be_called_after_what_it_holds(tmp_path: Path, name: str) -> None:
    path = tmp_path / "w.csv"
    path.write_text(f",{name}\n2024-01-01,1\n")
    (backtest,) = read_tool(path, "wide").backtests
    assert (backtest.strategy, backtest.label) == (None, "")


def test_empty_cells_are_days_without_a_row(tmp_path: Path) -> None:
    path = tmp_path / "w.csv"
    path.write_text("d,a,b\n2024-01-01,,1\n2024-01-02,2,nan\n\n2024-01-03,3,x\n")
    result = read_tool(path, "wide")
    a, b = result.backtests
    assert values_of(a.curve, "line_number") == [3, 5]
    assert values_of(a.curve, "equity") == [2, 3]
    # What is no number stays as it is, and is judged with all curves.
    assert values_of(b.curve, "equity") == ["1", "nan", "x"]
    assert result.notes == ("1 empty cell is a day without a row",)


def test_times_of_a_zone_say_it(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1.0, 2, 3]}, DAYS.tz_localize("America/New_York"))
    frame.to_parquet(tmp_path / "zone.parquet")
    assert read_tool(tmp_path / "zone.parquet", "wide").timezone == "America/New_York"
    frame.tz_convert("UTC").to_parquet(tmp_path / "utc.parquet")
    assert read_tool(tmp_path / "utc.parquet", "wide").timezone is None
    frame.to_csv(tmp_path / "zone.csv")
    (backtest,) = read_tool(tmp_path / "zone.csv", "wide").backtests
    assert values_of(backtest.curve, "ts") == list(frame.index.tz_convert("UTC"))


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("d;a;b\n2024-01-01;1;2\n", "missing_column", "separated by semicolons"),
        ("d,a,a\n2024-01-01,1,2\n", "duplicate_column", "'a' twice"),
        ("d,a\n2024-01-01,1,2\n", "bad_row", "3 fields where the header has 2"),
        ("a,x,y\na,1,2\n2024-01-01,1,2\n", "missing_column", "without a name of their own"),
        ("seed,1.5\nb,1\n2024-01-01,1\n", "bad_number", "the seed '1.5'"),
        ("a,1,2\nb,1,\n2024-01-01,1,2\n", "missing_column", "without a name at each level"),
        ("", "truncated", "is empty"),
        ("\n\n", "missing_column", "no header"),
        ('{"a": 1}', "wrong_tool", "no table"),
    ],
)
def test_bad_tables(tmp_path: Path, text: str, code: str, words: str) -> None:
    path = tmp_path / "w.csv"
    path.write_text(text)
    with pytest.raises(FaultyFileError, match=words) as fault:
        read_tool(path, "wide")
    assert fault.value.code is ReasonCode(code)


def test_numbers_are_no_times_by_themselves(tmp_path: Path) -> None:
    path = tmp_path / "w.parquet"
    pd.DataFrame({"a": [1.0, 2]}, pd.period_range("2020-01", periods=2, freq="M")).to_parquet(path)
    (backtest,) = read_tool(path, "wide").backtests
    # Months since 1970, which all curves' times are judged by and these are not.
    assert values_of(backtest.curve, "ts") == [600, 601]


@pytest.mark.parametrize(
    "table",
    [
        pa.table({"a": [1.0], "b": [2.0]}),
        pa.table({"date": ["2024-01-01"]}),
        pa.table({"date": ["2024-01-01"], "time": ["10:00"], "a": [1.0]}),
        pa.Table.from_pandas(
            pd.DataFrame(
                {"a": [1.0]}, pd.MultiIndex.from_tuples([("x", DAYS[0])], names=["s", "date"])
            )
        ),
    ],
)
def test_parquet_without_one_column_of_times(tmp_path: Path, table: pa.Table) -> None:
    path = tmp_path / "w.parquet"
    pq.write_table(table, path)
    with pytest.raises(FaultyFileError) as fault:
        read_tool(path, "wide")
    assert fault.value.code is ReasonCode.MISSING_COLUMN
    assert fault.value.sha256
