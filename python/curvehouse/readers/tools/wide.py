"""Wide tables of curves: a column of equity per backtest."""

from __future__ import annotations

from curvehouse.readers.faults import FaultyFileError
from curvehouse.readers.tools.reader import ReadOptions, ToolReader
from curvehouse.readers.tools.result import ToolResult
from curvehouse.readers.tools.source import SourceFile
from curvehouse.readers.tools.wide_names import COLUMNS_OPTION, wide_result
from curvehouse.readers.tools.wide_table import read_wide

__all__ = ["WIDE", "read_curves"]


def read_curves(source: SourceFile, options: ReadOptions) -> ToolResult:
    """Read a table with a column of times, and one of equity per backtest."""
    table = read_wide(source)
    try:
        return wide_result(table, options)
    except FaultyFileError as fault:
        raise source.fault(fault.code, fault.reason) from fault


WIDE = ToolReader(
    name="wide",
    meaning="a column of times, and a column of equity per backtest (CSV, Parquet)",
    # Bars and factors look the same.
    sniff=lambda _source: False,
    read=read_curves,
    options=(COLUMNS_OPTION,),
)
