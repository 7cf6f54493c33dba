"""Loading curves into ``raw.equity``.

Nearly all curves are plain and in order. Those are read in one statement straight into the table,
and judged there by file; whatever is not perfect is taken out again and read row by row, which
either puts it right (order, duplicates, quotes) or says what is wrong with it, and in which line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import duckdb

from curvehouse.ingest.numbered import FILES, Loads, NumberedFile, files_parameters
from curvehouse.ingest.plain_curves import load_plain, place_of
from curvehouse.readers.curves import CurveColumns, curve_columns, parsed_curves
from curvehouse.readers.faults import FaultyFileError

__all__ = ["load_curves"]

# Rows that are held as text at a time.
_CHUNK_ROWS = 500_000


def load_curves(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[NumberedFile],
    *,
    by_path: bool,
    zone: str | None = None,
) -> Loads:
    """Append curves to ``raw.equity``, inside the caller's transaction.

    Parameters
    ----------
    connection : DuckDBPyConnection
        The working file.
    files : sequence of NumberedFile
        The curves, with increasing load_ids.
    by_path : bool
        Let DuckDB read plain files. A file that it can't read raises `duckdb.Error` and ends the
        transaction; the caller then rolls back and comes again without it.
    zone : str, optional
        Of times without an offset, else UTC; see `curvehouse.readers.zones.zone_of`.
    """
    loads = Loads()
    rest: dict[tuple[CurveColumns, int], list[NumberedFile]] = {}
    plain: dict[tuple[CurveColumns, int, bool, object], list[NumberedFile]] = {}
    for file in files:
        try:
            ts_column, equity_column = file.column_names
            columns = curve_columns(file.probe, ts_column=ts_column, equity_column=equity_column)
        except FaultyFileError as fault:
            loads.faults[file.load_id] = fault
            continue
        width = len(file.probe.header)
        # In a zone of its own, a time may be one of two; a date is not.
        if by_path and file.probe.is_plain and not (zone and file.probe.has_clock):
            place = place_of(file.probe)
            plain.setdefault((columns, width, file.probe.has_clock, place), []).append(file)
        else:
            rest.setdefault((columns, width), []).append(file)
    for (columns, width, has_clock, _), group in plain.items():
        imperfect = load_plain(connection, group, columns, loads, has_clock=has_clock, zone=zone)
        if imperfect:
            rest.setdefault((columns, width), []).extend(imperfect)
    for (columns, _), group in rest.items():
        for chunk in _chunks(group):
            _load_parsed(connection, chunk, columns, loads, zone)
    return loads


def _insert_parsed(
    connection: duckdb.DuckDBPyConnection, table: str, files: Sequence[NumberedFile]
) -> None:
    """Append parsed curves, whose file numbers are positions in ``files``, to ``raw.equity``."""
    connection.execute(
        f"""
        insert into raw.equity (load_id, ts, equity)
        select files.load_id, parsed.ts, parsed.equity
        from {table} as parsed
        inner join {FILES} on parsed.file_number = files.file_number
        order by files.load_id, parsed.ts
        """,
        files_parameters(files),
    )


def _load_parsed(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[NumberedFile],
    columns: CurveColumns,
    loads: Loads,
    zone: str | None,
) -> None:
    probes = [file.probe for file in files]
    with parsed_curves(connection, probes, columns, by_path=False, zone=zone) as parsed:
        _insert_parsed(connection, parsed.table, files)
        loads.row_counts |= {
            files[number].load_id: counts for number, counts in parsed.counts.items()
        }
        loads.faults |= {files[number].load_id: fault for number, fault in parsed.faults.items()}


def _chunks(files: Iterable[NumberedFile]) -> Iterator[list[NumberedFile]]:
    chunk: list[NumberedFile] = []
    rows = 0
    for file in files:
        if chunk and rows + file.probe.row_count > _CHUNK_ROWS:
            yield chunk
            chunk, rows = [], 0
        chunk.append(file)
        rows += file.probe.row_count
    if chunk:
        yield chunk
