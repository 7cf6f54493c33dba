"""How the warehouse's DuckDB files are opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb

from curvehouse.home import Home
from curvehouse.raw import ensure_raw_tables

__all__ = ["WORKING_CONFIG", "open_working_file"]

# With the default compatibility, DuckDB 1.5 replays a stale write-ahead log into a replaced file
# without a word. `profiles.yml` says the same to dbt.
WORKING_CONFIG: dict[str, Any] = {"storage_compatibility_version": "v1.5.0"}


@contextmanager
def open_working_file(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a writing connection to the working file, in UTC, with the raw tables in place.

    The caller holds the home's writer lock.
    """
    home.working_file.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(home.working_file), config=WORKING_CONFIG) as connection:
        connection.execute("set TimeZone = 'UTC'")
        ensure_raw_tables(connection)
        yield connection
