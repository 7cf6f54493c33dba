"""pyfolio: the transactions that it, zipline and backtrader's PyFolio analyzer speak of."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curvehouse.analytics.round_trips import match_round_trips
from curvehouse.readers.faults import ReasonCode
from curvehouse.readers.fields import normalised_name
from curvehouse.readers.frames import LINE_COLUMN
from curvehouse.readers.tools.columns import as_moments, as_numbers, timestamp_name
from curvehouse.readers.tools.reader import ReadOptions, ToolReader
from curvehouse.readers.tools.result import ToolBacktest, ToolResult
from curvehouse.readers.tools.source import SourceFile

__all__ = ["PYFOLIO"]

_SYMBOLS = ("symbol", "sid")
_FEES = ("commission", "fees")
# A file with one of these says itself what was entered and what left.
_OF_OTHERS = {"side", "pnl", "exit price"}


def _sniff(source: SourceFile) -> bool:
    names = _names(source)
    has_all = {"amount", "price"} <= names.keys() and any(name in names for name in _SYMBOLS)
    return has_all and not _OF_OTHERS & names.keys()


def _names(source: SourceFile) -> dict[str, str]:
    return {normalised_name(name): name for name in source.column_names}


def _read(source: SourceFile, _options: ReadOptions) -> ToolResult:
    if not _sniff(source):
        reason = "has not the columns of pyfolio's transactions: a date, amount, price and symbol"
        raise source.fault(ReasonCode.WRONG_TOOL, reason)
    fills = _fills(source)
    if fills.num_rows == 0:
        raise source.fault(ReasonCode.NO_RESULT, "has no transactions")
    trips = match_round_trips(
        fills.column("symbol").to_pylist(),
        fills.column("amount").to_numpy(),
        fills.column("price").to_numpy(),
        fills.column("fees").to_numpy(),
    )
    ends = pc.coalesce(trips.column("exit_fill"), trips.column("entry_fill"))
    trades = pa.table(
        {
            "symbol": fills.column("symbol").take(trips.column("entry_fill")),
            "side": trips.column("side"),
            "entry_at": fills.column("ts").take(trips.column("entry_fill")),
            "exit_at": fills.column("ts").take(trips.column("exit_fill")),
            **{name: trips.column(name) for name in ("quantity", "entry_price", "exit_price")},
            **{name: trips.column(name) for name in ("fees", "pnl")},
            LINE_COLUMN: fills.column(LINE_COLUMN).take(ends),
        }
    )
    open_count = trips.column("exit_fill").null_count
    note = f"{fills.num_rows:,} transactions matched first in, first out; {open_count:,} still open"
    return ToolResult((ToolBacktest(trades=trades),), (note,))


def _fills(source: SourceFile) -> pa.Table:
    """Return the transactions in the order of time, of one time in the order of the file."""
    table, names = source.table, _names(source)
    ts = timestamp_name(source.column_names)
    if ts is None:
        reason = "has no single column of times; write the transactions with their index"
        raise source.fault(ReasonCode.MISSING_COLUMN, reason, 1)
    count = table.num_rows
    lines = (
        table.column(LINE_COLUMN)
        if LINE_COLUMN in table.column_names
        else pa.chunked_array([pa.array(range(1, count + 1), pa.int64())])
    )
    fee = next((names[name] for name in _FEES if name in names), None)
    symbol = next(names[name] for name in _SYMBOLS if name in names)
    columns = {
        "ts": _moments(source, table.column(ts), lines),
        "symbol": table.column(symbol).cast(pa.string()),
        "amount": _numbers(source, table.column(names["amount"]), lines, "amount"),
        "price": _numbers(source, table.column(names["price"]), lines, "price"),
        "fees": pa.array(np.zeros(count))
        if fee is None
        else _numbers(source, table.column(fee), lines, fee),
        LINE_COLUMN: lines,
    }
    fills = pa.table(columns)
    # By line within a time: Arrow's sort need not be stable.
    return fills.sort_by([("ts", "ascending"), (LINE_COLUMN, "ascending")])


def _moments(source: SourceFile, cells: pa.ChunkedArray, lines: pa.ChunkedArray) -> pa.ChunkedArray:
    moments = as_moments(cells)
    if pa.types.is_timestamp(moments.type) and moments.null_count == 0:
        return moments
    for line, cell in zip(lines.to_pylist(), cells.to_pylist(), strict=True):
        found = as_moments(pa.chunked_array([pa.array([cell], cells.type)]))
        if cell is None or not pa.types.is_timestamp(found.type):
            reason = f"has {str(cell)[:80]!r} where an ISO date or timestamp is needed"
            raise source.fault(ReasonCode.BAD_TIMESTAMP, reason, line)
    reason = "has times with and without an offset; write all of them alike"
    raise source.fault(ReasonCode.BAD_TIMESTAMP, reason)


def _numbers(
    source: SourceFile, cells: pa.ChunkedArray, lines: pa.ChunkedArray, name: str
) -> pa.ChunkedArray:
    numbers = as_numbers(cells)
    if pa.types.is_floating(numbers.type):
        is_bad = pc.invert(pc.fill_null(pc.is_finite(numbers), False))
        if not pc.any(is_bad).as_py():
            return numbers
        row = pc.index(is_bad, True).as_py()
        code, cell = ReasonCode.NON_FINITE, cells[row].as_py()
    else:
        row = next(row for row, cell in enumerate(cells.to_pylist()) if not _is_number(cell))
        code, cell = ReasonCode.BAD_NUMBER, cells[row].as_py()
    reason = f"has {str(cell)[:80]!r} as {name}, where a number is needed"
    raise source.fault(ReasonCode.BAD_NUMBER if cell is None else code, reason, lines[row].as_py())


def _is_number(cell: object) -> bool:
    try:
        float(str(cell))
    except ValueError:
        return False
    return True


PYFOLIO = ToolReader(
    name="pyfolio",
    meaning="transactions of pyfolio, zipline, or backtrader's PyFolio analyzer, made round trips",
    sniff=_sniff,
    read=_read,
)
