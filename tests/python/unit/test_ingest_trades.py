"""Trades of other backtesters: their names for things, their backtest, their curve."""

from __future__ import annotations

from pathlib import Path

import pytest

from curvehouse.errors import UsageError
from curvehouse.home import Home
from curvehouse.ingest import (
    ImportedBacktest,
    ReasonCode,
    ingest_equity,
    ingest_runs,
    ingest_trades,
)
from raw_rows import rows_of
from run_folder import TRADES_HEADER, RunFolder, curve_csv

BACKTEST = ImportedBacktest("mine", "trend", {"n": 5}, symbol="SPY", starting_cash=1000.0)
TRADE = "1,SPY,long,2020-01-02,2020-01-03,10,100,101,1,9\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "trades.csv"
    path.write_text(TRADES_HEADER + TRADE)
    return path


def test_trades_load_skip_supersede_and_quarantine(home: Home, file: Path) -> None:
    assert ingest_trades(home, file, BACKTEST).loaded == 1
    assert ingest_trades(home, file, BACKTEST).unchanged == 1
    file.write_text(TRADES_HEADER + TRADE + TRADE.replace("1,SPY", "2,SPY"))
    assert ingest_trades(home, file, BACKTEST).loaded == 1
    file.write_text(TRADES_HEADER + TRADE.replace("long", "upwards"))
    (fault,) = ingest_trades(home, file, BACKTEST).quarantined_files
    assert (fault.code, fault.line) == (ReasonCode.BAD_TRADE, 2)
    assert rows_of(
        home, "select load_id, kind, status, row_count from raw.files order by load_id"
    ) == [
        (1, "trades", "loaded", 1),
        (2, "trades", "loaded", 2),
        (3, "trades", "quarantined", None),
    ]
    assert rows_of(home, "select load_id, backtest_id, starting_cash from raw.jobs") == [
        (1, BACKTEST.backtest_id, 1000.0),
        (2, BACKTEST.backtest_id, 1000.0),
    ]
    assert rows_of(home, "select subject_kind, frequency, periods_per_year from raw.calendars") == [
        ("trades", "sparse", 252.0)
    ]


def test_another_starting_cash_is_another_load(home: Home, file: Path) -> None:
    ingest_trades(home, file, BACKTEST)
    other = ImportedBacktest("mine", "trend", {"n": 5}, symbol="SPY", starting_cash=2000.0)
    assert other.backtest_id == BACKTEST.backtest_id
    assert ingest_trades(home, file, other).loaded == 1


def test_a_curve_and_trades_of_one_name_are_one_backtest(
    home: Home, file: Path, tmp_path: Path
) -> None:
    curve = tmp_path / "curve.csv"
    curve.write_text(curve_csv([1, 2, 3]))
    ingest_equity(home, curve, BACKTEST)
    ingest_trades(home, file, BACKTEST)
    assert rows_of(home, "select count(distinct backtest_id), count(*) from raw.files") == [(1, 2)]


@pytest.mark.parametrize(
    "header",
    [
        "entry_time,exit_time,direction,size,avg_entry_price,avg_exit_price,profit",
        "Open Date,Close Date,Position Side,Amount,Open Rate,Close Rate,Profit Abs",
        "ENTRY_DATE,EXIT_DATE,SIDE,QTY,ENTRY_PRICE,EXIT_PRICE,NET_PNL",
    ],
)
@pytest.mark.parametrize(("said", "side"), [("Buy", "long"), ("SELL", "short"), ("Long", "long")])
def test_other_tools_names_are_understood(
    home: Home, tmp_path: Path, header: str, said: str, side: str
) -> None:
    path = tmp_path / "trades.csv"
    path.write_text(f"{header}\n2020-01-02 10:00:00,2020-01-03,{said},10,100,101,9\n")
    assert ingest_trades(home, path, BACKTEST).is_clean
    assert rows_of(
        home,
        "select side, entry_at::varchar, quantity, entry_price, exit_price, pnl from raw.trades",
    ) == [(side, "2020-01-02 10:00:00", 10.0, 100.0, 101.0, 9.0)]


def test_two_names_for_one_thing_are_refused(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "trades.csv"
    path.write_text(TRADES_HEADER.replace("trade_id", "qty") + TRADE)
    (fault,) = ingest_trades(home, path, BACKTEST).quarantined_files
    assert (fault.code, fault.line) == (ReasonCode.DUPLICATE_COLUMN, 1)


def test_the_run_of_a_sweep_takes_no_single_files(home: Home, file: Path, tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "mine", "mine")
    run.land(n=1)
    assert ingest_runs(home, [run.path]).is_clean
    with pytest.raises(UsageError, match="is a sweep's"):
        ingest_trades(home, file, BACKTEST)


def test_a_run_folder_does_not_take_the_name_of_single_files(
    home: Home, file: Path, tmp_path: Path
) -> None:
    ingest_trades(home, file, BACKTEST)
    run = RunFolder(tmp_path / "mine", "mine")
    run.land(n=1)
    (reason,) = ingest_runs(home, [run.path]).refused
    assert "under which single files were loaded" in reason
