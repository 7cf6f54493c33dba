"""Rows that are in memory, as a reader of another tool's file or a notebook made them."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from curvehouse.readers.probe import FileProbe

__all__ = ["LINE_COLUMN", "PLAIN_TYPES", "probe_rows"]

# Where in its file a row stands, where that is not the number of the row.
LINE_COLUMN = "line_number"
# Curves of these types are stored as they are, without a look at every cell's text.
PLAIN_TYPES = {"ts": pa.timestamp("us"), "equity": pa.float64()}


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
    header = tuple(name for name in rows.column_names if name != LINE_COLUMN)
    types = dict(zip(rows.column_names, rows.schema.types, strict=True))
    return FileProbe(
        path=path,
        sha256=sha256,
        byte_count=byte_count,
        is_parquet=False,
        header=header,
        row_count=rows.num_rows,
        is_plain=PLAIN_TYPES.items() <= types.items(),
        has_clock=True,
        stamp=None,
        rows=rows,
    )
