"""Columns of Parquet files in types that DuckDB can turn into text."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["simple_column"]


def simple_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column of numbers, times or text as one that DuckDB knows.

    Lists, structs and the like are never numbers or times: in their cells stands the name of their
    type, for the message where such a column is needed.

    >>> simple_column(pa.chunked_array([[[1], None]])).to_pylist()
    ['list<item: int64>', None]
    """
    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        return simple_column(column.cast(kind.storage_type))
    if pa.types.is_dictionary(kind):
        return simple_column(column.cast(kind.value_type))
    if pa.types.is_float16(kind):
        return column.cast(pa.float32())
    if pa.types.is_decimal256(kind):
        return column.cast(pa.string())
    if pa.types.is_nested(kind):
        return pc.if_else(column.is_valid(), str(kind), pa.scalar(None, pa.string()))
    return column
