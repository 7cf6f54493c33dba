"""Wide files: a timestamp column, and a column of numbers for each name in the header."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import duckdb

from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.probe import FileProbe

__all__ = ["check_names", "wide_cells"]

_TABLE = "curvehouse_wide_cells"


def check_names(probe: FileProbe, names: Sequence[str]) -> None:
    """Raise `FaultyFileError` where a column that is to name something has no name."""
    if "" in names:
        raise FaultyFileError(
            ReasonCode.MISSING_COLUMN,
            "has a column without a name; name it in the header",
            path=probe.path,
            line=1,
        )


@contextmanager
def wide_cells(
    connection: duckdb.DuckDBPyConnection, rows: str, timestamp: int, names: dict[int, str]
) -> Iterator[str]:
    """Yield a temporary table with one row per cell that is not empty.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Where the rows are.
    rows : str
        The table of text rows.
    timestamp : int
        Position of the timestamp column.
    names : dict of int to str
        By position in the header, the name of each column of numbers.

    Yields
    ------
    str
        A table ``file_number, line_number, name, name_position, ts_text, value_text``.
    """
    columns = ", ".join(f"c{index}" for index in names)
    connection.execute(
        f"""
        create or replace temp table {_TABLE} as
        with names as (
            select
                unnest(?::varchar[]) as cell,
                unnest(?::varchar[]) as name,
                unnest(range(1, ? + 1))::integer as name_position
        ),
        cells as (
            from (select file_number, line_number, c{timestamp} as ts_text, {columns} from {rows})
            unpivot (value_text for cell in ({columns}))
        )
        select file_number, line_number, name, name_position, ts_text, value_text
        from cells
        inner join names using (cell)
        """,
        [[f"c{index}" for index in names], list(names.values()), len(names)],
    )
    try:
        yield _TABLE
    finally:
        connection.execute(f"drop table if exists {_TABLE}")
