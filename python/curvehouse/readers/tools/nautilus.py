"""NautilusTrader: the reports of positions and of an account that its trader generates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from curvehouse.readers.faults import ReasonCode
from curvehouse.readers.frames import LINE_COLUMN
from curvehouse.readers.tools.columns import as_numbers, timestamp_name
from curvehouse.readers.tools.json_values import listed, number_of, text_column
from curvehouse.readers.tools.reader import ReadOptions, ToolReader
from curvehouse.readers.tools.result import ToolBacktest, ToolResult
from curvehouse.readers.tools.source import SourceFile

__all__ = ["NAUTILUS"]

_OF_POSITIONS = {
    *("instrument_id", "strategy_id", "entry", "peak_qty", "ts_opened", "ts_closed"),
    *("avg_px_open", "avg_px_close", "realized_pnl"),
}
_OF_ACCOUNTS = {"total", "locked", "free", "currency", "account_id", "account_type"}
_OF_ORDERS = {"trader_id", "strategy_id", "instrument_id", "venue_order_id"}

# An amount with its currency, as in "-12.50 USD".
_MONEY = re.compile(r"([-+]?[0-9][0-9._]*(?:[eE][-+]?[0-9]+)?) ([^\s'\"\],]+)")


def _sniff(source: SourceFile) -> bool:
    names = set(source.column_names)
    return any(names >= known for known in (_OF_POSITIONS, _OF_ACCOUNTS, _OF_ORDERS))


def _read(source: SourceFile, options: ReadOptions) -> ToolResult:
    names = set(source.column_names)
    if names >= _OF_POSITIONS:
        return _positions(source, options)
    if names >= _OF_ACCOUNTS:
        return _account(source)
    if names >= _OF_ORDERS:
        reason = "is a report of orders or fills; write generate_positions_report() instead"
        raise source.fault(ReasonCode.NO_RESULT, reason)
    reason = "has neither the columns of NautilusTrader's positions report nor its account report"
    raise source.fault(ReasonCode.WRONG_TOOL, reason)


def _positions(source: SourceFile, options: ReadOptions) -> ToolResult:
    table = source.table
    strategies = _distinct(table, "strategy_id")
    strategy = strategies[0] if len(strategies) == 1 else options.strategy
    if strategies and strategy not in strategies:
        reason = f"has positions of {listed(strategies)}; choose one with --strategy"
        raise source.fault(ReasonCode.SEVERAL_BACKTESTS, reason)
    table = table.filter(pc.equal(pc.cast(table["strategy_id"], pa.string()), strategy))
    if not table.num_rows:
        raise source.fault(ReasonCode.NO_RESULT, "has no positions")
    amounts = [_MONEY.fullmatch(str(cell).strip()) for cell in _cells(table, "realized_pnl")]
    currency = _the_currency(source, [found[2] for found in amounts if found])
    # The account report doesn't know the instrument, and both reports are to name one backtest.
    backtest = ToolBacktest(strategy=strategy, trades=_trades(table, amounts, currency))
    note = "each position is one trade, of the largest quantity it had, at its average prices"
    return ToolResult((backtest,), (note,), currency=currency)


def _trades(
    table: pa.Table, amounts: Sequence[re.Match[str] | None], currency: str | None
) -> pa.Table:
    is_open = pc.is_null(table["ts_closed"]).to_pylist()
    pnl = [
        cell if found is None else found[1]
        for cell, found in zip(_cells(table, "realized_pnl"), amounts, strict=True)
    ]
    texts: dict[str, list[object]] = {
        "symbol": _cells(table, "instrument_id"),
        "side": _cells(table, "entry"),
        "quantity": _cells(table, "peak_qty"),
        "entry_price": _cells(table, "avg_px_open"),
        "exit_price": _unless(is_open, _cells(table, "avg_px_close")),
        "fees": [_fees(cell, currency) for cell in _cells(table, "commissions")],
        "pnl": _unless(is_open, pnl),
    }
    columns = {name: text_column(cells) for name, cells in texts.items()}
    columns |= {
        "entry_at": _moments(table["ts_opened"]),
        "exit_at": _moments(table["ts_closed"]),
    }
    for theirs, ours in (("position_id", "trade_id"), (LINE_COLUMN, LINE_COLUMN)):
        if theirs in table.column_names:
            columns[ours] = table[theirs]
    return pa.table(columns)


def _fees(commissions: object, currency: str | None) -> float | None:
    """Return what was paid, where all of it was in the currency of the profit."""
    paid = _MONEY.findall(str(commissions))
    if not paid or any(other != currency for _, other in paid):
        return None
    return sum(number_of(amount) or 0.0 for amount, _ in paid)


def _account(source: SourceFile) -> ToolResult:
    table = source.table
    if not table.num_rows:
        raise source.fault(ReasonCode.NO_RESULT, "has no events of an account")
    accounts = _distinct(table, "account_id")
    if len(accounts) > 1:
        reason = f"has the accounts {listed(accounts)}; write a report of each"
        raise source.fault(ReasonCode.SEVERAL_BACKTESTS, reason)
    if "CASH" in _distinct(table, "account_type"):
        reason = (
            "is of a cash account, whose total leaves out what was bought with it; load the "
            "positions report, from which the curve is made"
        )
        raise source.fault(ReasonCode.NO_RESULT, reason)
    currency = _the_currency(source, _distinct(table, "currency"))
    ts = timestamp_name(source.column_names)
    if ts is None:
        reason = "has no column of times; write the report with its index"
        raise source.fault(ReasonCode.MISSING_COLUMN, reason, 1)
    # Events of one moment are all there; the account is worth what the last of them says.
    last = {moment: number for number, moment in enumerate(_cells(table, ts))}
    table = table.take(pa.array(sorted(last.values()), pa.int64()))
    columns = {"ts": _moments(table[ts]), "equity": as_numbers(table["total"])}
    if LINE_COLUMN in table.column_names:
        columns[LINE_COLUMN] = table[LINE_COLUMN]
    cash = number_of(table["total"][0].as_py())
    note = "the curve is the account's total, which leaves out what open positions have gained"
    backtest = ToolBacktest(curve=pa.table(columns), starting_cash=cash)
    return ToolResult((backtest,), (note,), currency=currency)


def _the_currency(source: SourceFile, currencies: Sequence[str]) -> str | None:
    found = sorted(set(currencies))
    if len(found) > 1:
        reason = f"has amounts in {listed(found)}; write a report of each currency"
        raise source.fault(ReasonCode.MIXED_CURRENCIES, reason)
    return found[0] if found else None


def _distinct(table: pa.Table, name: str) -> list[str]:
    return [str(value) for value in pc.unique(table[name]).to_pylist() if value is not None]


def _cells(table: pa.Table, name: str) -> list[Any]:
    known = name in table.column_names
    return table[name].to_pylist() if known else [None] * table.num_rows


def _unless(is_open: Sequence[bool], cells: Sequence[object]) -> list[object]:
    return [None if skip else cell for skip, cell in zip(is_open, cells, strict=True)]


def _moments(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return times in microseconds; text stays as it is."""
    if not pa.types.is_timestamp(column.type):
        return column
    return pc.cast(column, pa.timestamp("us", column.type.tz), safe=False)


NAUTILUS = ToolReader(
    name="nautilus",
    meaning="the positions or account report of NautilusTrader (CSV, Parquet)",
    sniff=_sniff,
    read=_read,
)
