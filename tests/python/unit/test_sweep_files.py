"""The text of a run's files."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from curvehouse.sweep.engine import Execution, simulate
from curvehouse.sweep.files import TimeTexts, equity_csv, jobs_jsonl, trades_csv


def times(*texts: str) -> TimeTexts:
    return TimeTexts.of(np.array(texts, dtype="datetime64[us]"))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("1899-12-31", "2020-01-02"), ["1899-12-31", "2020-01-02"]),
        (
            ("2020-01-01", "2020-01-01T16:30"),
            ["2020-01-01T00:00:00Z", "2020-01-01T16:30:00Z"],
        ),
        (
            ("2020-01-01T00:00:00", "2020-01-01T00:00:00.25"),
            ["2020-01-01T00:00:00.000000Z", "2020-01-01T00:00:00.250000Z"],
        ),
    ],
)
def test_timestamps(given: tuple[str, ...], expected: list[str]) -> None:
    assert times(*given).texts == expected


def test_equity_reads_back_the_same() -> None:
    values = np.array([100_000.0, 0.1 + 0.2, 1 / 3, 1e-7, 1.2345678901234568e17, 5e-324])
    days = times(*(f"2020-01-{day:02}" for day in range(1, 7)))
    lines = equity_csv(days, values).decode().split("\n")
    assert lines[:3] == [
        "ts,equity",
        "2020-01-01,100000.0",
        "2020-01-02,0.30000000000000004",
    ]
    assert lines[-1] == ""
    assert [float(line.split(",")[1]) for line in lines[1:-1]] == values.tolist()


def test_trades_closed_and_open() -> None:
    positions = np.array([[True], [False], [True]])
    costs = Execution(starting_cash=100, fee_bps=2_500)
    trades = simulate(positions, np.array([10.0, 20.0, 30.0]), costs).trades
    days = times("2020-01-01", "2020-01-02", "2020-01-03")
    assert trades_csv("A", days, trades).decode() == (
        "trade_id,symbol,side,entry_at,exit_at,quantity,entry_price,exit_price,fees,pnl\n"
        "1,A,long,2020-01-01,2020-01-02,8.0,10.0,20.0,60.0,20.0\n"
        "2,A,long,2020-01-03,,3.2,30.0,,24.0,\n"
    )


@pytest.mark.parametrize("symbol", ["A,B", 'A"B', "A\nB", "plain", "É"])
def test_symbols_are_data(symbol: str) -> None:
    trades = simulate(np.array([[True], [True]]), np.array([1.0, 2.0]), Execution()).trades
    text = trades_csv(symbol, times("2020-01-01", "2020-01-02"), trades).decode()
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert row["symbol"] == symbol


def test_one_job_a_line() -> None:
    assert jobs_jsonl([{"a": 1, "b": None}, {"a": "x\ny"}]) == (
        b'{"a": 1, "b": null}\n{"a": "x\\ny"}\n'
    )
