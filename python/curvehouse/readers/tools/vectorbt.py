"""vectorbt: the values of a Portfolio, and its readable records of trades."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.tools.columns import as_numbers, renamed
from curvehouse.readers.tools.reader import ReadOptions, ToolReader
from curvehouse.readers.tools.result import ToolResult
from curvehouse.readers.tools.source import SourceFile
from curvehouse.readers.tools.wide import read_curves
from curvehouse.readers.tools.wide_names import COLUMNS_OPTION, named_columns
from curvehouse.readers.tools.wide_table import WideColumn, WideTable, has_levels, level_values

__all__ = ["VECTORBT"]

_TRADES = {
    "trade_id": "Exit Trade Id",
    "side": "Direction",
    "entry_at": "Entry Timestamp",
    "exit_at": "Exit Timestamp",
    "quantity": "Size",
    "entry_price": "Avg Entry Price",
    "exit_price": "Avg Exit Price",
    "pnl": "PnL",
}
_FEES = ("Entry Fees", "Exit Fees")
_COLUMN, _STATUS = "Column", "Status"
_OF_TRADES = {*_TRADES.values(), *_FEES, _COLUMN, _STATUS}


def _read(source: SourceFile, options: ReadOptions) -> ToolResult:
    if not _is_trades(source):
        return read_curves(source, options)
    table = source.table
    if table.num_rows == 0:
        raise source.fault(ReasonCode.NO_RESULT, "has no trades; the curve may have landed alone")
    texts = table.column(_COLUMN).cast(pa.string())
    try:
        named = named_columns(_columns_of(texts.unique().to_pylist()), options)
    except FaultyFileError as fault:
        raise source.fault(fault.code, fault.reason) from fault
    trades = _trades(table)
    backtests = [
        replace(column.backtest, trades=trades.filter(pc.equal(texts, column.values[0])))
        for column in named
    ]
    return ToolResult(tuple(backtests))


def _is_trades(source: SourceFile) -> bool:
    return set(source.column_names) >= _OF_TRADES


def _columns_of(texts: list[str]) -> WideTable:
    """Return the columns of the portfolio: a text, or the text of a tuple, in each trade."""
    columns = [WideColumn(level_values(text), pa.chunked_array([[text]])) for text in texts]
    nothing = pa.chunked_array([pa.array([], pa.int64())])
    return WideTable(("",) * len(columns[0].names), nothing, nothing, tuple(columns))


def _trades(table: pa.Table) -> pa.Table:
    """Return trades whose open ones have no exit: vectorbt puts the last bar there."""
    trades = renamed(table, _TRADES)
    fees = [as_numbers(table.column(name)) for name in _FEES]
    if all(pa.types.is_floating(fee.type) for fee in fees):
        trades = trades.append_column("fees", pc.add(*fees))
    is_open = pc.equal(table.column(_STATUS).cast(pa.string()), "Open")
    for name in ("exit_at", "exit_price", "pnl"):
        column = trades.column(name)
        ended = pc.if_else(is_open, pa.scalar(None, column.type), column)
        trades = trades.set_column(trades.column_names.index(name), name, ended)
    return trades


VECTORBT = ToolReader(
    name="vectorbt",
    meaning="Portfolio.value(), or trades.records_readable, of vectorbt (CSV, Parquet)",
    sniff=lambda source: _is_trades(source) or has_levels(source),
    read=_read,
    options=(COLUMNS_OPTION,),
)
