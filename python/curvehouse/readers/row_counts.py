"""What a file's load brought, and what was put right in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from curvehouse.readers.zones import day_sql

__all__ = ["RowCounts", "counted_rows"]


@dataclass(frozen=True)
class RowCounts:
    """What a load brought, and what was put right in it.

    Attributes
    ----------
    rows : int
        Rows that were loaded.
    days : int or None
        Days, in the file's time zone, that have a row; None where days don't matter.
    duplicates : int
        Exact copies of other rows, which were left out.
    reordered : int
        Rows that stood in the file after a later one.
    """

    rows: int
    days: int | None = None
    duplicates: int = 0
    reordered: int = 0


def counted_rows(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    moment: str,
    *,
    keys: Sequence[str] = (),
    zone: str | None = None,
) -> dict[int, RowCounts]:
    """Count the distinct rows of files, by file number.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Where the rows are.
    table : str
        A table ``file_number, line_number, copies`` with the ``moment`` and the ``keys``; a row
        stands for as many exact copies, of which the first is in its line.
    moment : str
        The column by which rows are to be in order: a TIMESTAMP in UTC, or a DATE.
    keys : sequence of str
        Columns that tell the series of a file apart.
    zone : str, optional
        Where days are counted, else UTC.
    """
    series = ", ".join(("file_number", *keys))
    found = connection.execute(
        f"""
        with placed as (
            select
                file_number, copies, {day_sql(moment, zone)} as local_day,
                {moment} < max({moment}) over (
                    partition by {series} order by line_number
                    rows between unbounded preceding and current row
                ) as is_late
            from {table}
        )
        select
            file_number, count(*), count(distinct local_day),
            (sum(copies) - count(*))::bigint, count(*) filter (is_late)
        from placed
        group by file_number
        """
    ).fetchall()
    return {number: RowCounts(*counts) for number, *counts in found}
