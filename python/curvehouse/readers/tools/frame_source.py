"""A data frame as a reader sees it: a Parquet file that nobody wrote."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from curvehouse.errors import UsageError
from curvehouse.readers.frames import (
    LINE_COLUMN,
    bytes_sha256,
    canonical_rows,
    content_sha256,
)
from curvehouse.readers.tools.source import SourceFile

__all__ = ["FrameSource", "table_of"]

_SERIES_NAME = "equity"


@dataclass(frozen=True)
class FrameSource(SourceFile):
    """A table in memory.

    Attributes
    ----------
    frame : pyarrow.Table
        The table, with pandas' description in its schema where it was pandas'.
    """

    frame: pa.Table = field(default_factory=lambda: pa.table({}))

    @classmethod
    def of(cls, frame: pa.Table, path: Path) -> FrameSource:
        """Return a table as a source; ``path`` stands for where it is from."""
        return cls(path, b"", bytes_sha256(frame), frame=frame)

    def fingerprint_of(self, rows: pa.Table) -> str:
        """Return the fingerprint of the rows of one backtest, whatever stood beside them."""
        names = [name for name in rows.column_names if name != LINE_COLUMN]
        return content_sha256(canonical_rows(rows.select(names)))

    def size_of(self, rows: pa.Table) -> int:
        """Return how many bytes the rows take."""
        return int(rows.nbytes)

    @property
    def is_parquet(self) -> bool:
        """A frame is read as Parquet is."""
        return True

    @property
    def parquet_schema(self) -> pa.Schema:
        """The columns, with pandas' description of them."""
        return self.frame.schema

    @property
    def table(self) -> pa.Table:
        """The rows."""
        return self.frame


def table_of(frame: Any) -> pa.Table:
    """Return a data frame or series as an Arrow table.

    Parameters
    ----------
    frame : pandas, Polars or Arrow
        A pandas or Polars frame or series, an Arrow table, or anything else that has
        ``__arrow_c_stream__``. The index of pandas becomes a column.

    Raises
    ------
    UsageError
        When it is none of these, or has columns that Arrow can't hold.
    """
    try:
        if type(frame).__module__.partition(".")[0] == "pandas":
            return _from_pandas(frame)
        if hasattr(frame, "__arrow_c_stream__"):
            return _with_usual_text(pa.table(frame))
    except (pa.ArrowException, ValueError, TypeError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise UsageError(f"the frame can't become a table ({reason}): mend it first.") from error
    raise UsageError(f"a {type(frame).__name__} is no frame: give one of pandas, Polars or Arrow.")


def _with_usual_text(table: pa.Table) -> pa.Table:
    """Return a table without views of text, which Arrow has few functions for."""
    for number, described in enumerate(table.schema):
        if pa.types.is_string_view(described.type):
            column = table.column(number).cast(pa.string())
            table = table.set_column(number, described.with_type(pa.string()), column)
    return table


def _from_pandas(frame: Any) -> pa.Table:
    if hasattr(frame, "to_frame"):
        frame = frame.to_frame(_SERIES_NAME if frame.name is None else frame.name)
    if hasattr(frame.index, "to_timestamp"):
        raise ValueError("its index is of periods; to_timestamp makes them days")
    if not frame.columns.is_unique:
        raise ValueError("two of its columns have the same name")
    for name, kind in zip(frame.columns, frame.dtypes, strict=True):
        # vectorbt has tuples in its records of trades.
        if kind == "object" and frame[name].map(lambda cell: isinstance(cell, tuple)).any():
            frame = frame.assign(**{name: frame[name].astype(str)})
    with warnings.catch_warnings():
        # Names of several types become text, as they do in files.
        warnings.simplefilter("ignore", UserWarning)
        return pa.Table.from_pandas(frame)
