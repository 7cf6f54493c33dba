"""backtesting.py: the frames ``_equity_curve`` and ``_trades`` of its statistics."""

from __future__ import annotations

import pyarrow as pa

from curvehouse.readers.faults import ReasonCode
from curvehouse.readers.tools.columns import renamed, timestamp_name
from curvehouse.readers.tools.reader import ReadOptions, ToolReader
from curvehouse.readers.tools.result import ToolBacktest, ToolResult
from curvehouse.readers.tools.source import SourceFile

__all__ = ["BACKTESTING_PY"]

_OF_CURVES = {"Equity", "DrawdownPct", "DrawdownDuration"}
_OF_TRADES = {"Size", "EntryBar", "ExitBar", "EntryPrice", "ExitPrice", "EntryTime", "ExitTime"}

# The sign of a column called size is the side.
_TRADES = {
    "size": "Size",
    "entry_at": "EntryTime",
    "exit_at": "ExitTime",
    "entry_price": "EntryPrice",
    "exit_price": "ExitPrice",
    "fees": "Commission",
    "pnl": "PnL",
}


def _sniff(source: SourceFile) -> bool:
    return _is_curve(source) or _is_trades(source)


def _is_curve(source: SourceFile) -> bool:
    return set(source.column_names) >= _OF_CURVES


def _is_trades(source: SourceFile) -> bool:
    return set(source.column_names) >= _OF_TRADES


def _read(source: SourceFile, _options: ReadOptions) -> ToolResult:
    if _is_curve(source):
        ts = timestamp_name(source.column_names)
        if ts is None:
            reason = "has no column of times; write _equity_curve with its index"
            raise source.fault(ReasonCode.MISSING_COLUMN, reason, 1)
        curve = renamed(source.table, {"ts": ts, "equity": "Equity"})
        return ToolResult((ToolBacktest(curve=curve),))
    if _is_trades(source):
        return ToolResult((ToolBacktest(trades=_trades(source)),))
    reason = "has neither the columns of _equity_curve nor those of _trades of backtesting.py"
    raise source.fault(ReasonCode.WRONG_TOOL, reason)


def _trades(source: SourceFile) -> pa.Table:
    """Return trades; a short one has a negative size, and ``PnL`` is net of ``Commission``."""
    table = source.table
    if table.num_rows == 0:
        raise source.fault(ReasonCode.NO_RESULT, "has no trades; load the _equity_curve alone")
    given = {ours: theirs for ours, theirs in _TRADES.items() if theirs in table.column_names}
    return renamed(table, given)


BACKTESTING_PY = ToolReader(
    name="backtesting_py",
    meaning="_equity_curve or _trades of backtesting.py (CSV, Parquet)",
    sniff=_sniff,
    read=_read,
)
