"""Files of other backtesters, read by the readers of their tools."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from curvehouse.readers.tools import ReadOptions, SourceFile, ToolResult
from curvehouse.readers.tools.recognition import checked_values, reader_of

__all__ = ["read_tool", "values_of"]


def read_tool(
    path: Path,
    format_name: str | None = None,
    *,
    strategy: str | None = None,
    starting_cash: float | None = None,
    **values: str,
) -> ToolResult:
    """Read a file as `curvehouse ingest results` does, without loading it."""
    source = SourceFile.open(path)
    reader = reader_of(source, format_name)
    options = {name.replace("_", "-"): value for name, value in values.items()}
    return reader.read(
        source, ReadOptions(strategy, starting_cash, checked_values(reader, options))
    )


def values_of(table: pa.Table | None, name: str) -> Sequence[object]:
    """Return a column of a curve or of trades."""
    assert table is not None
    return list(table.column(name).to_pylist())
