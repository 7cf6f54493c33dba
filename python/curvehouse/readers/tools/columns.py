"""Turning the columns of a tool's table into those of a curve or of trades."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from curvehouse.readers.arrow_columns import simple_column
from curvehouse.readers.fields import find_timestamp_columns
from curvehouse.readers.frames import LINE_COLUMN

__all__ = ["as_moments", "as_numbers", "renamed", "timestamp_name"]


def timestamp_name(names: tuple[str, ...]) -> str | None:
    """Return the column of times: the only one that is called so, or the index of a data frame."""
    found = find_timestamp_columns(names, extra={"index"})
    return names[found[0]] if len(found) == 1 else None


def renamed(table: pa.Table, names: Mapping[str, str]) -> pa.Table:
    """Return some columns of a table under our names, with the lines they stand in.

    Parameters
    ----------
    table : pyarrow.Table
        As from `curvehouse.readers.tools.source.SourceFile.table`.
    names : mapping of str to str
        The tool's name of each column, by ours.
    """
    columns = {ours: table.column(theirs) for ours, theirs in names.items()}
    if "ts" in columns:
        columns["ts"] = as_moments(columns["ts"])
    if "equity" in columns:
        columns["equity"] = as_numbers(columns["equity"])
    if LINE_COLUMN in table.column_names:
        columns[LINE_COLUMN] = table.column(LINE_COLUMN)
    return pa.table(columns)


def as_numbers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return text or numbers as float64; the column as it is where one cell is no number."""
    try:
        return pc.cast(column, pa.float64())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return column


def as_moments(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return dates, times and ISO text as timestamps in microseconds, where all cells are such.

    What has offsets or a zone becomes moments of a zone, the rest times without one. A column with
    both, or with other text or numbers, stays as it is.
    """
    column = simple_column(column)
    kind = column.type
    if pa.types.is_timestamp(kind):
        return pc.cast(column, pa.timestamp("us", kind.tz), safe=False)
    # Arrow would take numbers for microseconds.
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_date(kind)):
        return column
    for wanted in (pa.timestamp("us"), pa.timestamp("us", "UTC")):
        try:
            return pc.cast(column, wanted)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            continue
    return column
