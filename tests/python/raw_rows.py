"""Looking into the working file of a home."""

from __future__ import annotations

from typing import Any

import duckdb

from curvehouse.home import Home

__all__ = ["active_curves", "ledger_rows", "rows_of", "table_counts", "unaccounted_rows"]

_TABLES = ("files", "runs", "jobs", "equity", "trades", "bars", "factors", "calendars")
# By the kind of a file, where its rows are.
_LOADED_TABLES = {
    "manifest": "runs",
    "equity": "equity",
    "trades": "trades",
    "bars": "bars",
    "factors": "factors",
    "portfolio": "portfolios",
}


def rows_of(home: Home, sql: str) -> list[Any]:
    """Return what a query gives on the working file."""
    with duckdb.connect(str(home.working_file), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def table_counts(home: Home) -> dict[str, int]:
    """Return the row count of every raw table."""
    return {name: rows_of(home, f"select count(*) from raw.{name}")[0][0] for name in _TABLES}


def ledger_rows(home: Home, after: int = 0) -> list[tuple[str, str]]:
    """Return kind and status of the ledger's rows from a number of rows on, in order."""
    return rows_of(home, f"select kind, status from raw.files order by load_id offset {after}")


def active_curves(home: Home) -> dict[str, list[float]]:
    """Return the equity of each backtest's load in force, in order of time."""
    found = rows_of(
        home,
        """
        with active as (
            select backtest_id, arg_max(load_id, load_id) as load_id
            from raw.files
            where kind = 'equity' and status in ('loaded', 'retracted')
            group by backtest_id
            having arg_max(status, load_id) = 'loaded'
        )
        select backtest_id, list(equity order by ts)
        from raw.equity
        inner join active using (load_id)
        group by backtest_id
        """,
    )
    return dict(found)


def unaccounted_rows(home: Home) -> list[tuple[str, int, int, int]]:
    """Return table, load_id, rows there and rows that the ledger says, where the two differ."""
    counted = " union all ".join(
        f"select '{kind}' as kind, load_id, count(*) as rows from raw.{table} group by load_id"
        for kind, table in _LOADED_TABLES.items()
    )
    return rows_of(
        home,
        f"""
        with counted as ({counted}),
        loads as (
            select kind, load_id, row_count from raw.files
            where status = 'loaded' and kind in {tuple(_LOADED_TABLES)}
        )
        select kind, load_id, coalesce(rows, 0), coalesce(row_count, 0)
        from counted
        full join loads using (kind, load_id)
        where coalesce(rows, 0) <> row_count or row_count is null
        """,
    )
