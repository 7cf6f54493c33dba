"""The least that any table of daily rows takes: sorting them in a window, and writing them."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from bench.comparison import Outcome, Work

__all__ = ["sort_and_write"]


def sort_and_write(
    database: str, rows: str, key: str, day: str, *, summary: Callable[[Any], Any] | None = None
) -> Work:
    """Sort rows of a DuckDB file by key and day, number them, and write them to another file.

    Parameters
    ----------
    database : str
        The file, whose catalog is ``source``.
    rows : str
        SQL that follows ``from``.
    key, day : str
        Columns.
    summary : callable, optional
        Takes a connection on which ``floor.sorted`` is the result, and returns what is checked.
    """
    written = Path(database).with_name("floor.duckdb")

    def work() -> Outcome:
        written.unlink(missing_ok=True)
        connection = duckdb.connect()
        connection.execute(f"attach '{database}' as source (read_only)")
        connection.execute(f"attach '{written}' as floor")
        started_at = time.perf_counter()
        connection.execute(
            f"""
            create table floor.sorted as
            select *, row_number() over (partition by {key} order by {day}) as bar_number
            from {rows}
            """
        )
        connection.execute("checkpoint floor")
        seconds = time.perf_counter() - started_at
        return Outcome(
            lambda: summary(connection) if summary else None, seconds, clean=written.unlink
        )

    return work
