"""How the warehouse's DuckDB files are opened."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from curvehouse.errors import UsageError
from curvehouse.home import Home
from curvehouse.raw import ensure_raw_tables

__all__ = ["WORKING_CONFIG", "ensure_database", "limit_memory", "open_working_file"]

_MEMORY_VARIABLE = "CURVEHOUSE_MEMORY_LIMIT"

# With the default compatibility, DuckDB 1.5 replays a stale write-ahead log into a replaced file
# without a word. `profiles.yml` says the same to dbt.
WORKING_CONFIG: dict[str, Any] = {"storage_compatibility_version": "v1.5.0"}


def ensure_database(path: Path) -> None:
    """Create the file where it is missing, in one step.

    DuckDB makes an empty file first and fills it then. Killed in between, it would leave one that
    nothing can open any more.
    """
    if path.exists():
        return
    unfinished = path.parent / ".new"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    duckdb.connect(str(unfinished / path.name), config=WORKING_CONFIG).close()
    (unfinished / path.name).replace(path)
    unfinished.rmdir()


def limit_memory(connection: duckdb.DuckDBPyConnection, limit: str) -> None:
    """Have DuckDB take this much memory at most, or what ``CURVEHOUSE_MEMORY_LIMIT`` says.

    What does not fit is spilled to disk, which makes a large file a little slower.

    Raises
    ------
    UsageError
        When the variable is no amount of memory.
    """
    wanted = os.environ.get(_MEMORY_VARIABLE) or limit
    try:
        connection.execute("set memory_limit = ?", [wanted])
    except duckdb.ParserException as error:
        raise UsageError(
            f"{_MEMORY_VARIABLE} is {wanted!r}: give a number and its unit, such as 4GB."
        ) from error


@contextmanager
def open_working_file(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a writing connection to the working file, in UTC, with the raw tables in place.

    The caller holds the home's writer lock.
    """
    ensure_database(home.working_file)
    with duckdb.connect(str(home.working_file), config=WORKING_CONFIG) as connection:
        # What a process that was killed had spilled; nobody else has the file open now.
        shutil.rmtree(f"{home.working_file}.tmp", ignore_errors=True)
        connection.execute("set TimeZone = 'UTC'")
        ensure_raw_tables(connection)
        yield connection
        # Closing would do the same, but say nothing where the disk is too full for it.
        connection.execute("checkpoint")
