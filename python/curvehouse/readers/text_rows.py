"""Files as one temporary table of text cells with line numbers.

The columns are called ``c0``, ``c1`` and so on, so that no name from a file ever becomes SQL. Casts
happen in the queries of the readers, where a failed one still knows its line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curvehouse.readers.arrow_columns import simple_column
from curvehouse.readers.containers import PART_COLUMN
from curvehouse.readers.csv_rows import csv_rows
from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.frames import LINE_COLUMN
from curvehouse.readers.probe import FileProbe, sha256_of

__all__ = ["CSV_OPTIONS", "TextRows", "only_text_rows", "text_rows"]

_TABLE = "curvehouse_text_rows"
_SCANNED = "curvehouse_scanned_rows"
_ARROW_ROWS = "curvehouse_arrow_rows"

_Row = tuple[int, int, list[str]]
# Rows of Python values that are held at a time.
_HELD_ROWS = 50_000

# A row that does not fit is skipped here and found by counting, which is as fast as not looking.
CSV_OPTIONS = (
    "header = true, delim = ',', quote = '\"', escape = '\"', nullstr = '', auto_detect = false, "
    "hive_partitioning = false, ignore_errors = true"
)


@dataclass(frozen=True)
class TextRows:
    """Where the cells are, and which files are not among them.

    Attributes
    ----------
    table : str
        A temporary table ``file_number, line_number, c0, c1 …``, all cells VARCHAR, empty ones
        NULL, without blank lines; ``file_number`` is the position of the file in the request.
    faults : dict of int to FaultyFileError
        By file number, the files with rows that don't fit their header.
    """

    table: str
    faults: dict[int, FaultyFileError]


@contextmanager
def text_rows(
    connection: duckdb.DuckDBPyConnection, probes: Sequence[FileProbe], *, by_path: bool = True
) -> Iterator[TextRows]:
    """Hold the rows of files with one and the same header in a temporary table.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Where the table is made; it is dropped at the end of the block.
    probes : sequence of FileProbe
        The files.
    by_path : bool
        Let DuckDB read the plain files, which is quicker, and must not happen inside a
        transaction, since a file that it can't read would end that.
    """
    columns = [f"c{index}" for index in range(len(probes[0].header))]
    cells = ", ".join(f"{column} varchar" for column in columns)
    connection.execute(
        f"create or replace temp table {_TABLE} (file_number integer, line_number bigint, {cells})"
    )
    try:
        plain = [n for n, probe in enumerate(probes) if by_path and _is_plain_csv(probe)]
        done = _append_by_path(connection, probes, plain, columns) if plain else set()
        rest = [number for number in range(len(probes)) if number not in done]
        faults = _append_parsed(connection, probes, rest, columns)
        yield TextRows(_TABLE, faults)
    finally:
        connection.execute(f"drop table if exists {_TABLE}")


@contextmanager
def only_text_rows(connection: duckdb.DuckDBPyConnection, probe: FileProbe) -> Iterator[str]:
    """Yield the table's name for one file, or raise what is wrong with it."""
    with text_rows(connection, [probe]) as rows:
        for fault in rows.faults.values():
            raise fault
        yield rows.table


def _is_plain_csv(probe: FileProbe) -> bool:
    return probe.is_plain and not probe.is_parquet and probe.rows is None


def _append_by_path(
    connection: duckdb.DuckDBPyConnection,
    probes: Sequence[FileProbe],
    numbers: list[int],
    columns: list[str],
) -> set[int]:
    """Append the files whose every line is a row; return their numbers."""
    types = ", ".join(f"'{column}': 'VARCHAR'" for column in columns)
    try:
        connection.execute(
            f"create or replace temp table {_SCANNED} as "
            "select file_index::integer as file_index, row_number() over () as scan_row, "
            f"{', '.join(columns)} from read_csv(?, columns = {{{types}}}, {CSV_OPTIONS})",
            [[str(probes[number].path) for number in numbers]],
        )
        counts = connection.execute(
            f"select file_index, count(*), min(scan_row) from {_SCANNED} group by file_index"
        ).fetchall()
        whole = {
            numbers[index]: (index, first)
            for index, count, first in counts
            if count == probes[numbers[index]].row_count
        }
        connection.execute(
            f"insert into {_TABLE} "
            "select file_number, scan_row - first_row + 2 as line_number, "
            f"{', '.join(columns)} from {_SCANNED} "
            "inner join (select unnest(?::integer[]) as file_number, "
            "unnest(?::integer[]) as file_index, unnest(?::bigint[]) as first_row) as files "
            "using (file_index)",
            [
                list(whole),
                [index for index, _ in whole.values()],
                [first for _, first in whole.values()],
            ],
        )
    except (duckdb.InvalidInputException, duckdb.IOException):
        return set()
    finally:
        connection.execute(f"drop table if exists {_SCANNED}")
    return set(whole)


def _append_parsed(
    connection: duckdb.DuckDBPyConnection,
    probes: Sequence[FileProbe],
    numbers: list[int],
    columns: list[str],
) -> dict[int, FaultyFileError]:
    """Append files read row by row; return what is wrong with those that could not be."""
    faults = _append_parts(connection, probes, numbers, columns)
    rows: list[_Row] = []
    for number in numbers:
        if probes[number].part is not None:
            continue
        try:
            if probes[number].rows is not None:
                _append_frame(connection, probes[number].rows, number, columns)
                continue
            data = _same_bytes(probes[number])
            if probes[number].is_parquet:
                for line, batch in _parquet_batches(probes[number], data):
                    places = pa.array([number] * batch.num_rows, pa.int32())
                    _append_arrow(connection, _numbered(batch, line, places, columns))
                continue
            for line, cells in csv_rows(probes[number], data):
                rows.append((number, line, cells))
                if len(rows) == _HELD_ROWS:
                    _append_rows(connection, rows, columns)
        except FaultyFileError as fault:
            faults[number] = fault
    _append_rows(connection, rows, columns)
    if faults:
        connection.execute(
            f"delete from {_TABLE} where file_number in (select unnest(?::integer[]))",
            [list(faults)],
        )
    return faults


def _append_parts(
    connection: duckdb.DuckDBPyConnection,
    probes: Sequence[FileProbe],
    numbers: list[int],
    columns: list[str],
) -> dict[int, FaultyFileError]:
    """Append the parts among the files, reading each file once for all parts that are wanted."""
    containers: dict[Path, dict[str, int]] = {}
    for number in numbers:
        part = probes[number].part
        if part is not None:
            containers.setdefault(probes[number].path, {})[part] = number
    faults: dict[int, FaultyFileError] = {}
    for wanted in containers.values():
        probe = probes[next(iter(wanted.values()))]
        names, places = pa.array(wanted), pa.array(wanted.values(), pa.int32())
        try:
            for line, batch in _parquet_batches(probe, _same_bytes(probe)):
                parts = batch.column(PART_COLUMN).cast(pa.string())
                rows = _numbered(
                    batch, line, places.take(pc.index_in(parts, value_set=names)), columns
                )
                _append_arrow(connection, rows.filter(pc.field("file_number").is_valid()))
        except FaultyFileError as fault:
            faults |= dict.fromkeys(wanted.values(), fault)
    return faults


def _append_frame(
    connection: duckdb.DuckDBPyConnection, frame: pa.Table, number: int, columns: list[str]
) -> None:
    for start in range(0, frame.num_rows, _HELD_ROWS):
        batch = frame.slice(start, _HELD_ROWS)
        places = pa.array([number] * batch.num_rows, pa.int32())
        if LINE_COLUMN not in batch.column_names:
            _append_arrow(connection, _numbered(batch, start + 1, places, columns))
            continue
        lines = batch.column(LINE_COLUMN)
        rows = _numbered(batch.drop_columns([LINE_COLUMN]), start + 1, places, columns)
        _append_arrow(connection, rows.set_column(1, LINE_COLUMN, lines))


def _append_rows(
    connection: duckdb.DuckDBPyConnection, rows: list[_Row], columns: list[str]
) -> None:
    """Append rows and forget them."""
    if rows:
        file_numbers, lines, cells = zip(*rows, strict=True)
        rows.clear()
        arrays = [pa.array(file_numbers, pa.int32()), pa.array(lines, pa.int64())]
        arrays += [pa.array(values, pa.string()) for values in zip(*cells, strict=True)]
        _append_arrow(connection, pa.table(arrays, ["file_number", "line_number", *columns]))


def _append_arrow(connection: duckdb.DuckDBPyConnection, rows: pa.Table) -> None:
    cells = ", ".join(f"nullif(cast({name} as varchar), '')" for name in rows.column_names[2:])
    connection.register(_ARROW_ROWS, rows)
    try:
        connection.execute(
            f"insert into {_TABLE} select file_number, line_number, {cells} from {_ARROW_ROWS}"
        )
    finally:
        connection.unregister(_ARROW_ROWS)


def _same_bytes(probe: FileProbe) -> bytes:
    try:
        data = probe.path.read_bytes()
    except OSError as error:
        raise _changed(probe) from error
    if sha256_of(data) != probe.sha256:
        raise _changed(probe)
    return data


def _parquet_batches(probe: FileProbe, data: bytes) -> Iterator[tuple[int, pa.Table]]:
    """Yield the rows in batches, each with the number of its first row, from 1."""
    line = 1
    try:
        with pq.ParquetFile(pa.BufferReader(data)) as parquet:
            for batch in parquet.iter_batches(batch_size=_HELD_ROWS):
                yield line, pa.Table.from_batches([batch])
                line += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        raise FaultyFileError(
            ReasonCode.TRUNCATED, "is not a whole Parquet file; write it again", path=probe.path
        ) from error


def _numbered(
    batch: pa.Table, line: int, file_numbers: pa.Array | pa.ChunkedArray, columns: list[str]
) -> pa.Table:
    lines = pa.array(range(line, line + batch.num_rows), pa.int64())
    cells = [simple_column(column) for column in batch.columns]
    return pa.table([file_numbers, lines, *cells], ["file_number", "line_number", *columns])


def _changed(probe: FileProbe) -> FaultyFileError:
    return FaultyFileError(
        ReasonCode.UNREADABLE, "changed while it was being read; try again", path=probe.path
    )
