"""A connection to write with, and transactions on it."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa

from curvehouse.database import limit_memory, open_working_file
from curvehouse.home import Home
from curvehouse.lock import writer_lock

__all__ = ["append_rows", "ingest_session", "transaction"]

_NEW_ROWS = "curvehouse_new_rows"
_MEMORY_LIMIT = "2GB"


@contextmanager
def ingest_session(home: Home, command: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection to the working file while holding the home's writer lock.

    DuckDB takes 2 GB of memory at most, or what ``CURVEHOUSE_MEMORY_LIMIT`` says.
    """
    with writer_lock(home, command), open_working_file(home) as connection, _collector_paused():
        limit_memory(connection, _MEMORY_LIMIT)
        yield connection


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commit what the block did, or nothing of it."""
    connection.execute("begin transaction")
    try:
        yield
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def append_rows(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: Mapping[str, pa.DataType],
    rows: Sequence[Mapping[str, Any]],
) -> None:
    """Append rows to a table in one statement.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Where the table is.
    table : str
        Its qualified name.
    columns : mapping of str to pyarrow type
        The columns to fill; the others become NULL.
    rows : sequence of mappings
        A value, or None, for each of the columns.
    """
    if not rows:
        return
    arrays = [pa.array([row[name] for row in rows], kind) for name, kind in columns.items()]
    connection.register(_NEW_ROWS, pa.table(arrays, list(columns)))
    try:
        connection.execute(f"insert into {table} by name select * from {_NEW_ROWS}")
    finally:
        connection.unregister(_NEW_ROWS)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Don't look for cyclic garbage: what is noted of each file lives until the end.

    Looking through all of it again and again took a tenth of the time of loading 10,000 files.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
