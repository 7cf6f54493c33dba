"""Rows that are in memory, as a reader of another tool's file or a notebook made them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from curvehouse.readers.arrow_columns import simple_column
from curvehouse.readers.probe import FileProbe

__all__ = [
    "FRAME_ROOT",
    "LINE_COLUMN",
    "PLAIN_TYPES",
    "bytes_sha256",
    "canonical_rows",
    "content_sha256",
    "probe_rows",
]

# Where rows are from that no file holds; no path of a file begins so once it is absolute.
FRAME_ROOT = "python:"
# Where in its file a row stands, where that is not the number of the row.
LINE_COLUMN = "line_number"
# Curves of these types are stored as they are, without a look at every cell's text.
PLAIN_TYPES = {"ts": pa.timestamp("us"), "equity": pa.float64()}
_MOMENT = pa.timestamp("us", "UTC")


def probe_rows(rows: pa.Table, path: Path, *, sha256: str, byte_count: int) -> FileProbe:
    """Return the first look at rows that are in memory.

    Parameters
    ----------
    rows : pyarrow.Table
        A curve or trades; a column `LINE_COLUMN` is not one of theirs.
    path : Path
        The file that they come from, or what stands for it.
    sha256, byte_count : str and int
        Fingerprint and size of that file, or of the rows.
    """
    rows = canonical_rows(rows)
    types = dict(zip(rows.column_names, rows.schema.types, strict=True))
    if types.get("ts") == _MOMENT:
        types["ts"] = PLAIN_TYPES["ts"]
    return FileProbe(
        path=path,
        sha256=sha256,
        byte_count=byte_count,
        is_parquet=False,
        header=tuple(name for name in rows.column_names if name != LINE_COLUMN),
        row_count=rows.num_rows,
        is_plain=PLAIN_TYPES.items() <= types.items(),
        has_clock=True,
        stamp=None,
        rows=rows,
    )


def canonical_rows(rows: pa.Table) -> pa.Table:
    """Return rows in the few types that one content has, whichever library made them.

    Numbers become float64, times timestamps in microseconds (moments in UTC), and the rest text
    where it is not a plain type; integers stay what they are, as they may be times or names.
    """
    return pa.table(
        {name: _canonical(rows.column(name)) for name in rows.column_names},
    )


def content_sha256(rows: pa.Table) -> str:
    """Return a fingerprint of what canonical rows hold, as 64 hex characters."""
    columns = [part for column in rows.columns for part in (column.is_valid(), _filled(column))]
    names = [f"{name}{part}" for name in rows.column_names for part in ("?", "")]
    return bytes_sha256(pa.Table.from_arrays(columns, names))


def bytes_sha256(rows: pa.Table) -> str:
    """Return a fingerprint of how rows are held in memory, as 64 hex characters."""
    plain = rows.combine_chunks()
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, plain.schema) as writer:
        writer.write_table(plain)
    return hashlib.sha256(sink.getvalue()).hexdigest()


def _filled(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column without NULL, below which each library has bytes of its own."""
    kind = column.type
    if column.null_count == 0 or pa.types.is_null(kind):
        return column
    if pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_timestamp(kind):
        return pc.fill_null(column, pa.scalar(0, pa.int64()).cast(kind))
    return pa.chunked_array([pa.array([str(value) for value in column.to_pylist()])])


def _canonical(column: pa.ChunkedArray) -> pa.ChunkedArray:
    column = simple_column(column)
    kind = column.type
    if pa.types.is_timestamp(kind):
        wanted = pa.timestamp("us") if kind.tz is None else _MOMENT
        return pc.cast(column, wanted, safe=False)
    if pa.types.is_date(kind):
        return pc.cast(column, pa.timestamp("us"))
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return pc.cast(column, pa.float64())
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pc.cast(column, pa.string())
    return column
