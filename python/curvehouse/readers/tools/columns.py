"""Turning the columns of a tool's table into those of a curve or of trades."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from curvehouse.readers.fields import find_timestamp_columns
from curvehouse.readers.frames import LINE_COLUMN

__all__ = ["as_moments", "as_numbers", "renamed", "timestamp_name"]


def timestamp_name(names: tuple[str, ...]) -> str | None:
    """Return the column of times: the only one that is called so, or the index of a data frame."""
    found = find_timestamp_columns(names)
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
    if LINE_COLUMN in table.column_names:
        columns[LINE_COLUMN] = table.column(LINE_COLUMN)
    for name in ("ts",):
        if name in columns:
            columns[name] = as_moments(columns[name])
    for name in ("equity",):
        if name in columns:
            columns[name] = as_numbers(columns[name])
    return pa.table(columns)


def as_numbers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return text or numbers as float64; the column as it is where one cell is no number."""
    try:
        return pc.cast(column, pa.float64())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return column


def as_moments(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return ISO text or times without a zone as timestamps in microseconds, where all cells are.

    Other text, which may have offsets, and times with a zone stay as they are.
    """
    kind = column.type
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        return column
    if pa.types.is_integer(kind):
        return column
    try:
        return pc.cast(column, pa.timestamp("us"))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return column
