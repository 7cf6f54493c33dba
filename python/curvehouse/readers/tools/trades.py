"""A table of trades whose columns have usual names, one row each."""

from __future__ import annotations

from curvehouse.readers.tools.reader import ToolReader
from curvehouse.readers.tools.result import ToolBacktest, ToolResult

__all__ = ["TRADES"]

TRADES = ToolReader(
    name="trades",
    meaning="a row per trade, as `curvehouse ingest trades` takes them",
    # Any tool's trades may look the same.
    sniff=lambda _source: False,
    read=lambda source, _options: ToolResult((ToolBacktest(trades=source.table),)),
)
