"""What other backtesters write, one module per tool behind one interface.

A `ToolReader` recognises its tool's file (``sniff``) and turns it (``read``) into backtests with a
curve, trades, or both, as Arrow tables. It judges nothing that every curve has to stand: order,
duplicates, ranges and numbers are judged where all files are. A package adds a reader by naming one
under the group of entry points ``curvehouse.readers``.
"""

from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.tools.reader import ReadOptions, ToolOption, ToolReader
from curvehouse.readers.tools.result import ToolBacktest, ToolResult
from curvehouse.readers.tools.source import SourceFile

__all__ = [
    "FaultyFileError",
    "ReadOptions",
    "ReasonCode",
    "SourceFile",
    "ToolBacktest",
    "ToolOption",
    "ToolReader",
    "ToolResult",
]
