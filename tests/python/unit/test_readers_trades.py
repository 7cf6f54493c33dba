"""Trades are read whole or not at all."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.probe import probe_file
from curvehouse.readers.trades import check_trade_columns, parsed_trades

HEADER = "trade_id,symbol,side,entry_at,exit_at,quantity,entry_price,exit_price,fees,pnl"
GOOD = "1,SPY,long,2020-01-02,2020-01-03,10,100,101,1,9"


def read(folder: Path, content: str, *, by_path: bool = True) -> list[dict[str, Any]]:
    path = folder / "trades.csv"
    path.write_text(content)
    probe = probe_file(path)
    check_trade_columns(probe)
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        with parsed_trades(connection, [probe], by_path=by_path) as parsed:
            for fault in parsed.faults.values():
                assert connection.execute(f"from {parsed.table}").fetchall() == []
                raise fault
            query = f"from {parsed.table} order by line_number"
            rows: list[dict[str, Any]] = connection.sql(query).to_arrow_table().to_pylist()
            return rows


def test_closed_and_open_trades(tmp_path: Path) -> None:
    content = f"{HEADER}\n{GOOD}\n,,SHORT,2020-01-02T10:00:00+02:00,,2.5,50,,,\n"
    closed, still_open = read(tmp_path, content)
    assert (closed["line_number"], closed["trade_id"], closed["pnl"]) == (2, "1", 9.0)
    assert (still_open["line_number"], still_open["side"]) == (3, "short")
    assert still_open["entry_at"] == datetime(2020, 1, 2, 8)
    absent = ("trade_id", "symbol", "exit_at", "exit_price", "fees", "pnl", "entry_vol")
    assert all(still_open[name] is None for name in absent)


def test_a_header_alone_is_a_good_file(tmp_path: Path) -> None:
    assert read(tmp_path, f"{HEADER}\n") == []


def test_features_may_be_nan_and_columns_in_any_order(tmp_path: Path) -> None:
    content = (
        "pnl,Entry_Vol,side,entry_at,exit_at,quantity,entry_price,exit_price,pre_runup_pct\n"
        "9,nan,long,2020-01-02,2020-01-03,10,100,101,-1.5\n"
    )
    (trade,) = read(tmp_path, content)
    assert (trade["entry_vol"], trade["pre_runup_pct"], trade["pnl"]) == (None, -1.5, 9.0)


def test_line_numbers_count_lines_also_where_some_are_blank(tmp_path: Path) -> None:
    content = f"{HEADER}\n{GOOD}\n\n2{GOOD}\n"
    assert [trade["line_number"] for trade in read(tmp_path, content)] == [2, 4]


@pytest.mark.parametrize("by_path", [True, False])
@pytest.mark.parametrize(
    ("code", "row"),
    [
        (ReasonCode.BAD_TIMESTAMP, "2,SPY,long,soon,2020-01-03,10,100,101,1,9"),
        (ReasonCode.BAD_TIMESTAMP, "2,SPY,long,2020-01-02,later,10,100,101,1,9"),
        (ReasonCode.BAD_NUMBER, "2,SPY,long,2020-01-02,2020-01-03,ten,100,101,1,9"),
        (ReasonCode.NON_FINITE, "2,SPY,long,2020-01-02,2020-01-03,10,100,101,1,inf"),
        (ReasonCode.NON_FINITE, "2,SPY,long,2020-01-02,2020-01-03,nan,100,101,1,9"),
        (ReasonCode.MISSING_VALUE, "2,SPY,,2020-01-02,2020-01-03,10,100,101,1,9"),
        (ReasonCode.MISSING_VALUE, "2,SPY,long,,2020-01-03,10,100,101,1,9"),
        (ReasonCode.BAD_TRADE, "2,SPY,upwards,2020-01-02,2020-01-03,10,100,101,1,9"),
        (ReasonCode.BAD_TRADE, "2,SPY,long,2020-01-02,2020-01-03,0,100,101,1,9"),
        (ReasonCode.BAD_TRADE, "2,SPY,long,2020-01-02,2020-01-03,-5,100,101,1,9"),
        (ReasonCode.BAD_TRADE, "2,SPY,long,2020-01-02,2020-01-01,10,100,101,1,9"),
        (ReasonCode.BAD_TRADE, "2,SPY,long,2020-01-02,2020-01-03,10,100,101,1,"),
        (ReasonCode.BAD_TRADE, "2,SPY,long,2020-01-02,,10,100,101,1,"),
        (ReasonCode.NON_POSITIVE_PRICE, "2,SPY,long,2020-01-02,2020-01-03,10,0,101,1,9"),
        (ReasonCode.DUPLICATE_TRADE, "1,SPY,long,2020-01-02,2020-01-03,10,100,101,1,9"),
        (ReasonCode.BAD_ROW, "2,SPY,long,2020-01-02"),
    ],
)
def test_faulty_trade_is_refused_with_its_line(
    tmp_path: Path, code: ReasonCode, row: str, by_path: bool
) -> None:
    with pytest.raises(FaultyFileError) as found:
        read(tmp_path, f"{HEADER}\n{GOOD}\n{row}\n", by_path=by_path)
    assert (found.value.code, found.value.line) == (code, 3)


@pytest.mark.parametrize(
    ("code", "header"),
    [
        (ReasonCode.MISSING_COLUMN, HEADER.replace("pnl", "gross_profit")),
        (ReasonCode.MISSING_COLUMN, HEADER.replace("side", "comment")),
        (ReasonCode.DUPLICATE_COLUMN, HEADER.replace("fees", "PNL")),
        (ReasonCode.DUPLICATE_COLUMN, HEADER.replace("entry_at", "Entry Date,Entry Time")),
    ],
)
def test_header_must_name_each_column_once(tmp_path: Path, code: ReasonCode, header: str) -> None:
    with pytest.raises(FaultyFileError) as found:
        read(tmp_path, f"{header}\n")
    assert (found.value.code, found.value.line) == (code, 1)


@pytest.mark.parametrize(
    "header",
    [
        "Ticket,Ticker,Direction,Open Time,Close Time,Qty,Open Price,Close Price,Commission,Profit",
        "trade no,pair,position_side,EntryDate,ExitDate,shares,Open Rate,Close Rate,Fees,Net P&L",
    ],
)
def test_other_tools_names_are_known(tmp_path: Path, header: str) -> None:
    assert read(tmp_path, f"{header}\n{GOOD}\n") == read(tmp_path, f"{HEADER}\n{GOOD}\n")


@pytest.mark.parametrize(
    ("spelling", "side"),
    [("Buy", "long"), ("1.0", "long"), ("SELL", "short"), ("-1", "short"), ("sell short", "short")],
)
def test_sides_are_the_side_of_the_entry(tmp_path: Path, spelling: str, side: str) -> None:
    (trade,) = read(tmp_path, f"{HEADER}\n{GOOD.replace('long', spelling)}\n")
    assert (trade["side"], trade["quantity"]) == (side, 10.0)


def test_short_quantities_may_be_negative(tmp_path: Path) -> None:
    row = GOOD.replace("long", "short").replace(",10,", ",-10,")
    (trade,) = read(tmp_path, f"{HEADER}\n{row}\n")
    assert (trade["side"], trade["quantity"]) == ("short", 10.0)


def test_a_signed_size_is_the_side_where_there_is_none(tmp_path: Path) -> None:
    header = "Size,EntryTime,ExitTime,EntryPrice,ExitPrice,PnL,Commission"
    rows = "5,2020-01-02,2020-01-03,100,101,5,0\n-3,2020-01-02,2020-01-03,100,101,-3,0\n"
    trades = read(tmp_path, f"{header}\n{rows}")
    assert [(trade["side"], trade["quantity"]) for trade in trades] == [("long", 5), ("short", 3)]
    with pytest.raises(FaultyFileError) as found:
        read(tmp_path, f"{header}\n{rows.replace('-3,2020', '0,2020')}")
    assert (found.value.code, found.value.line) == (ReasonCode.BAD_TRADE, 3)
