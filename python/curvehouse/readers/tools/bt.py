"""bt and ffn: frames of prices, a column per strategy, which begin at 100."""

from __future__ import annotations

from curvehouse.readers.tools.reader import ToolReader
from curvehouse.readers.tools.wide import read_curves
from curvehouse.readers.tools.wide_names import COLUMNS_OPTION

__all__ = ["BT"]

BT = ToolReader(
    name="bt",
    meaning="prices of a Result of bt, or any frame of ffn: a column per strategy (CSV, Parquet)",
    # Any frame of prices looks the same.
    sniff=lambda _source: False,
    read=read_curves,
    options=(COLUMNS_OPTION,),
)
