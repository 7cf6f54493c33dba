"""Loading the curves that need no look at each cell: in one statement, judged by file."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import numpy as np
import pyarrow as pa

from curvehouse.ingest.numbered import FILES, Loads, NumberedFile, files_parameters
from curvehouse.readers.containers import PART_COLUMN
from curvehouse.readers.curves import MIN_CURVE_ROWS, CurveColumns
from curvehouse.readers.fields import is_out_of_range_sql
from curvehouse.readers.frames import PLAIN_TYPES
from curvehouse.readers.magnitudes import LARGEST, SMALLEST
from curvehouse.readers.probe import FileProbe
from curvehouse.readers.row_counts import RowCounts
from curvehouse.readers.text_rows import CSV_OPTIONS
from curvehouse.readers.zones import with_occurrences_sql

__all__ = ["load_plain", "place_of"]

# Parts of the new loads that are judged side by side.
_PARTS = 4
_FRAMES = "curvehouse_frames"


def place_of(probe: FileProbe) -> object:
    """Return what files have in common that are read in one statement."""
    return probe.path if probe.part is not None else probe.rows is not None


def load_plain(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[NumberedFile],
    columns: CurveColumns,
    loads: Loads,
    *,
    has_clock: bool,
    zone: str | None,
) -> list[NumberedFile]:
    """Load what is perfect; return the other files, of which nothing is left in the table."""
    if files[0].probe.rows is not None:
        _insert_frames(connection, files)
    elif files[0].probe.part is not None:
        _insert_parts(connection, files)
    else:
        _insert_plain(connection, files, columns, has_clock=has_clock, zone=zone)
    counts = _perfect_counts(connection, files, has_clock=has_clock)
    imperfect = []
    for file in files:
        found = counts.get(file.load_id)
        if found and MIN_CURVE_ROWS <= found.rows == file.probe.row_count:
            loads.row_counts[file.load_id] = found
        else:
            imperfect.append(file)
    _delete(connection, [file.load_id for file in imperfect])
    return imperfect


def _insert_plain(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[NumberedFile],
    columns: CurveColumns,
    *,
    has_clock: bool,
    zone: str | None,
) -> None:
    """Append what can be cast of each file.

    Files are read in parallel, but no file by two threads (``parallel = false``): so the rows of
    each stay together and in order, which is checked all the same.
    """
    moment, moment_type = "ts_cell", "TIMESTAMP"
    if has_clock:
        # The same instant without the calendar arithmetic of a cast.
        moment = "case when isfinite(ts_cell) then make_timestamp(epoch_us(ts_cell)) end"
        moment_type = "TIMESTAMPTZ"
    types = {f"c{index}": "VARCHAR" for index in range(len(files[0].probe.header))}
    types |= {f"c{columns.timestamp}": moment_type, f"c{columns.equity}": "DOUBLE"}
    column_types = ", ".join(f"'{name}': '{kind}'" for name, kind in types.items())
    scanned = f"""(
        select
            file_index::integer as file_number,
            c{columns.timestamp} as ts_cell,
            c{columns.equity} as equity
        from read_csv(?, columns = {{{column_types}}}, {CSV_OPTIONS}, parallel = false)
    )"""
    known = moment
    if zone is not None:
        scanned, moment = with_occurrences_sql(scanned, "ts_cell", zone), "first_at"
    connection.execute(
        f"""
        insert into raw.equity (load_id, ts, equity)
        select files.load_id, {moment} as ts, scanned.equity
        from {scanned} as scanned
        inner join {FILES} on scanned.file_number = files.file_number
        where {known} is not null and scanned.equity is not null
        """,
        [[str(file.probe.path) for file in files], *files_parameters(files)],
    )


def _insert_parts(connection: duckdb.DuckDBPyConnection, files: Sequence[NumberedFile]) -> None:
    """Append parts of one file; each part's rows are together in it, which is checked, too."""
    connection.execute(
        f"""
        insert into raw.equity (load_id, ts, equity)
        select parts.load_id, scanned.ts, scanned.equity
        from read_parquet(?, hive_partitioning = false) as scanned
        inner join (
            select unnest(?::varchar[]) as part, unnest(?::bigint[]) as load_id
        ) as parts on scanned.{PART_COLUMN} = parts.part
        where isfinite(scanned.ts) and scanned.equity is not null
        """,
        [
            str(files[0].probe.path),
            [file.probe.part for file in files],
            [file.load_id for file in files],
        ],
    )


def _insert_frames(connection: duckdb.DuckDBPyConnection, files: Sequence[NumberedFile]) -> None:
    """Append rows that are in memory."""
    tables = []
    for file in files:
        rows = pa.table(file.probe.rows).select(list(PLAIN_TYPES)).cast(pa.schema(PLAIN_TYPES))
        load_ids = pa.array(np.full(rows.num_rows, file.load_id))
        tables.append(rows.append_column("load_id", load_ids))
    connection.register(_FRAMES, pa.concat_tables(tables))
    try:
        connection.execute(
            f"""
            insert into raw.equity (load_id, ts, equity)
            select load_id, ts, equity
            from {_FRAMES}
            where isfinite(ts) and equity is not null
            """
        )
    finally:
        connection.unregister(_FRAMES)


def _perfect_counts(
    connection: duckdb.DuckDBPyConnection, files: Sequence[NumberedFile], *, has_clock: bool
) -> dict[int, RowCounts]:
    """Return the counts of new loads whose rows are all good and strictly in order.

    Rows are compared with the row before by one thread at a time, so the loads are looked at in
    parts. Dates without a clock are days of their own once they are in order.
    """
    days = (
        "count(*) filter (is_first or ts::date <> previous_ts::date)" if has_clock else "count(*)"
    )
    parts = _parts([file.load_id for file in files])
    rows_in_place = """
        select
            load_id, ts, equity,
            lag(ts) over () as previous_ts,
            lag(load_id) over () is distinct from load_id as is_first
        from raw.equity
        where load_id between ? and ?
    """
    found = connection.execute(
        f"""
        select load_id, count(*), {days}
        from ({" union all ".join([rows_in_place] * len(parts))}) as rows_in_place
        group by load_id
        having
            min(equity) >= {SMALLEST!r}
            and max(equity) <= {LARGEST!r}
            and count(*) filter (is_first) = 1
            and bool_and(is_first or ts > previous_ts)
            and not {is_out_of_range_sql("min(ts)")}
            and not {is_out_of_range_sql("max(ts)")}
        """,
        [bound for part in parts for bound in part],
    ).fetchall()
    return {load_id: RowCounts(rows, day_count) for load_id, rows, day_count in found}


def _parts(load_ids: Sequence[int]) -> list[tuple[int, int]]:
    """Return the first and last of up to ``_PARTS`` runs of increasing load_ids."""
    size = -(-len(load_ids) // _PARTS)
    runs = [load_ids[start : start + size] for start in range(0, len(load_ids), size)]
    return [(run[0], run[-1]) for run in runs]


def _delete(connection: duckdb.DuckDBPyConnection, load_ids: list[int]) -> None:
    if load_ids:
        connection.execute(
            "delete from raw.equity where load_id between ? and ? "
            "and load_id in (select unnest(?::bigint[]))",
            [min(load_ids), max(load_ids), load_ids],
        )
