"""Tables with one column of numbers per backtest, whose header says what each is of."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.frames import LINE_COLUMN
from curvehouse.readers.tools.columns import as_moments, as_numbers, timestamp_name
from curvehouse.readers.tools.source import SourceFile

__all__ = ["WideColumn", "WideTable", "has_levels", "level_values", "read_wide", "wide_of_table"]

# A file that has no time in so many rows is no such table, however long it is.
_MOST_LEVELS = 64
# What can begin a row of values: a date, a timestamp, or a time since 1970.
_MOMENT = re.compile(r"\s*([0-9]{4}-?[0-9]{2}-?[0-9]{2}.*|[0-9]{9,19}([.][0-9]+)?)\s*")


@dataclass(frozen=True)
class WideColumn:
    """A column of numbers, and its name at each level of the header."""

    names: tuple[str, ...]
    values: pa.ChunkedArray


@dataclass(frozen=True)
class WideTable:
    """A table whose every column but one is of a backtest.

    Attributes
    ----------
    level_names : tuple of str
        What the levels of the header are called; empty where a level has no name.
    moments : pyarrow.ChunkedArray
        The times of the rows.
    lines : pyarrow.ChunkedArray
        Where the rows stand in the file.
    columns : tuple of WideColumn
        In the file's order.
    """

    level_names: tuple[str, ...]
    moments: pa.ChunkedArray
    lines: pa.ChunkedArray
    columns: tuple[WideColumn, ...]


def has_levels(source: SourceFile) -> bool:
    """Return whether a file surely has a header of several levels, as pandas writes them."""
    if source.is_parquet:
        return len(_column_indexes(source.parquet_schema)) > 1
    if not source.is_csv or len(source.column_names) < 2:
        return False
    header = _header_rows(source)
    return len(header) > 1 and all(len(row) == len(header[0]) and row[0] for row in header)


def read_wide(source: SourceFile) -> WideTable:
    """Read a CSV with one or more header rows, or Parquet as pandas or Polars write it.

    Raises
    ------
    FaultyFileError
        When there is no column of times, no other column, or a row that doesn't fit.
    """
    if source.is_parquet:
        try:
            return wide_of_table(source.table)
        except FaultyFileError as fault:
            raise source.fault(fault.code, fault.reason) from fault
    if not source.is_csv:
        reason = "is no table; give CSV or Parquet"
        raise source.fault(ReasonCode.WRONG_TOOL, reason)
    return _wide_of_csv(source)


def wide_of_table(table: pa.Table) -> WideTable:
    """Read an Arrow table, in whose schema pandas may have described the levels of its columns.

    Raises
    ------
    FaultyFileError
        When there is no column of times, or no other column.
    """
    levels = _column_indexes(table.schema)
    index = _index_names(table.schema)
    usual = [name for name in table.column_names if name != LINE_COLUMN]
    ts = index[0] if len(index) == 1 else timestamp_name(tuple(usual))
    if ts is None or len(index) > 1:
        reason = "has no single column of times; name one date, or make it the index"
        raise FaultyFileError(ReasonCode.MISSING_COLUMN, reason)
    columns = [
        WideColumn(_named_levels(name, len(levels)), as_numbers(table.column(name)))
        for name in usual
        if name != ts
    ]
    if not columns:
        raise FaultyFileError(ReasonCode.MISSING_COLUMN, "has no column of values beside the times")
    lines = (
        table.column(LINE_COLUMN)
        if LINE_COLUMN in table.column_names
        else pa.chunked_array([pa.array(range(1, table.num_rows + 1), pa.int64())])
    )
    return WideTable(levels or ("",), as_moments(table.column(ts)), lines, tuple(columns))


def level_values(text: str) -> tuple[str, ...]:
    """Return the names of a column at each level, where its name may be the text of a tuple.

    >>> level_values("(3, 'SPY')"), level_values("SPY")
    (('3', 'SPY'), ('SPY',))
    """
    try:
        values = ast.literal_eval(text) if text.startswith("(") else text
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        values = text
    return tuple(map(str, values)) if isinstance(values, tuple) else (text,)


def _wide_of_csv(source: SourceFile) -> WideTable:
    header = _header_rows(source)
    if not header:
        reason = "has no header above rows that begin with a date or time; write the index, too"
        raise source.fault(ReasonCode.MISSING_COLUMN, reason, 1)
    if len(header) == 1:
        source.checked_names(header[0])
    width = len(header[0])
    lines: list[int] = []
    rows: list[list[str]] = []
    for line, row in source.csv_rows():
        if len(row) != width:
            reason = f"has {len(row)} fields where the header has {width}"
            raise source.fault(ReasonCode.BAD_ROW, reason, line)
        if rows or _MOMENT.fullmatch(row[0]):
            lines.append(line)
            rows.append(row)
    cells = zip(*rows, strict=True) if rows else ((),) * width
    texts = [pa.chunked_array([pa.array(_without_empty(cell), pa.string())]) for cell in cells]
    names = list(zip(*(row[1:] for row in header), strict=True))
    return WideTable(
        tuple(row[0] for row in header) if len(header) > 1 else ("",),
        as_moments(texts[0]),
        pa.chunked_array([pa.array(lines, pa.int64())]),
        tuple(
            WideColumn(tuple(values), as_numbers(text))
            for values, text in zip(names, texts[1:], strict=True)
        ),
    )


def _header_rows(source: SourceFile) -> list[list[str]]:
    """Return the rows before the first one that begins with a time; nothing where none does."""
    header: list[list[str]] = []
    for _, row in source.csv_rows():
        if _MOMENT.fullmatch(row[0]):
            if len(header) > 1 and not any(header[-1][1:]):
                # pandas writes the name of the times in a row of its own.
                header.pop()
            return header
        if len(header) == _MOST_LEVELS:
            break
        header.append([cell.strip() for cell in row])
    return []


def _without_empty(cells: Sequence[str]) -> list[str | None]:
    return [cell or None for cell in cells]


def _column_indexes(schema: pa.Schema) -> tuple[str, ...]:
    described = (schema.pandas_metadata or {}).get("column_indexes", [])
    return tuple("" if level["name"] is None else str(level["name"]) for level in described)


def _index_names(schema: pa.Schema) -> list[str]:
    described = (schema.pandas_metadata or {}).get("index_columns", [])
    return [name for name in described if isinstance(name, str)]


def _named_levels(name: str, level_count: int) -> tuple[str, ...]:
    if level_count < 2:
        return (name,)
    values = level_values(name)
    if len(values) != level_count:
        reason = f"has a column {name[:80]!r} that doesn't have its {level_count} levels"
        raise FaultyFileError(ReasonCode.MISSING_COLUMN, reason)
    return values
