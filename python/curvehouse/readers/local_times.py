"""Putting the local times of parsed rows in place, as moments of UTC.

What is read from a file without an offset is a local time of the file's zone. One that the clocks
show twice, when they are put back in autumn, means the first of the two. Where it stands in a curve
or among the bars of a symbol twice, the other row is the second, in the order of the file, so that
hourly rows keep all hours of that night. A bare date is a midnight and never meant twice.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from curvehouse.readers.fields import is_local_sql
from curvehouse.readers.zones import first_occurrence_sql, last_occurrence_sql

__all__ = ["place_rows", "place_trades"]


def place_rows(
    connection: duckdb.DuckDBPyConnection, table: str, zone: str | None, *, keys: Sequence[str] = ()
) -> None:
    """Replace local times by moments of UTC in the column ``ts`` of parsed rows.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Where the rows are.
    table : str
        A temporary table ``file_number, line_number, ts_text, ts``, with one series per file and
        ``keys``. A series that ends before it begins is taken to run backwards.
    zone : str or None
        As from `curvehouse.readers.zones.zone_of`; None changes nothing.
    keys : sequence of str
        Columns that tell the series of a file apart.
    """
    if zone is None:
        return
    series = ", ".join(("file_number", *keys))
    connection.execute(
        f"""
        create or replace temp table {table} as
        with shown as (
            select
                *,
                case when {is_local_sql("ts_text")} then {first_occurrence_sql("ts", zone)}
                else ts end as first_ts,
                case when contains(ts_text, ':') and {is_local_sql("ts_text")}
                then {last_occurrence_sql("ts", zone)} end as last_ts
            from {table}
        ),
        directed as (
            select
                *,
                case
                    when arg_min(first_ts, line_number) over (partition by {series})
                        > arg_max(first_ts, line_number) over (partition by {series})
                    then -line_number
                    else line_number
                end as place
            from shown
        ),
        counted as (
            select
                *,
                last_ts > first_ts and row_number() over (
                    partition by {series}, first_ts, last_ts order by place
                ) % 2 = 0 as is_second
            from directed
        )
        select * exclude (first_ts, last_ts, place, is_second)
            replace (case when is_second then last_ts else first_ts end as ts)
        from counted
        """
    )


def place_trades(connection: duckdb.DuckDBPyConnection, table: str, zone: str | None) -> None:
    """Replace local times by moments of UTC in ``entry_at`` and ``exit_at`` of parsed trades.

    An exit that would come before its entry is taken at its second occurrence, if it has one.
    """
    if zone is None:
        return
    first = {
        column: f"case when {is_local_sql(f'{column}_text')} "
        f"then {first_occurrence_sql(column, zone)} else {column} end"
        for column in ("entry_at", "exit_at")
    }
    connection.execute(
        f"""
        create or replace temp table {table} as
        with shown as (
            select
                *, {first["entry_at"]} as first_entry, {first["exit_at"]} as first_exit,
                case when {is_local_sql("exit_at_text")}
                then {last_occurrence_sql("exit_at", zone)} end as last_exit
            from {table}
        )
        select * exclude (first_entry, first_exit, last_exit) replace (
            first_entry as entry_at,
            case when first_exit < first_entry and last_exit >= first_entry then last_exit
            else first_exit end as exit_at
        )
        from shown
        """
    )
