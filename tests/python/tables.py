"""Whole tables of a working file, and whether two of them are equal as the project means it."""

from __future__ import annotations

import duckdb
import polars as pl
from polars.testing import assert_frame_equal

from curvehouse.home import Home

__all__ = ["assert_equal_tables", "read_tables"]


def read_tables(home: Home, *schemas: str) -> dict[str, pl.DataFrame]:
    """Return all tables of some schemas by name, their rows in an order of their own."""
    with duckdb.connect(str(home.working_file), read_only=True) as connection:
        names = connection.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_type = 'BASE TABLE' and list_contains(?, table_schema) order by all",
            [list(schemas)],
        ).fetchall()
        return {
            f"{schema}.{name}": connection.sql(f'from "{schema}"."{name}" order by all').pl()
            for schema, name in names
        }


def assert_equal_tables(left: dict[str, pl.DataFrame], right: dict[str, pl.DataFrame]) -> None:
    """Fail where a table is missing or differs; numbers may differ in their last digits."""
    assert left.keys() == right.keys()
    for name, rows in left.items():
        try:
            assert_frame_equal(rows, right[name], rel_tol=1e-9, abs_tol=1e-12)
        except AssertionError as error:
            raise AssertionError(f"{name} differs: {error}") from None
