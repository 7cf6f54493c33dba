"""What the artefacts of runs share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from curvehouse.errors import UsageError

if TYPE_CHECKING:
    import duckdb

__all__ = ["rows_of_run", "the_run"]


def the_run(connection: duckdb.DuckDBPyConnection, table: str, run_id: str) -> dict[str, Any]:
    """Return the row of a run in a table that has one per run.

    Raises
    ------
    UsageError
        When no such run is published.
    """
    rows = rows_of_run(connection, table, run_id)
    if not rows:
        raise UsageError(
            f"no run {run_id!r} is published; `curvehouse query "
            '"select run_id from dim_runs"` lists those that are.'
        )
    return rows[0]


def rows_of_run(
    connection: duckdb.DuckDBPyConnection, table: str, run_id: str, order_by: str = "run_id"
) -> list[dict[str, Any]]:
    """Return the rows of a run in a table, as dictionaries."""
    result = connection.execute(f"from {table} where run_id = ? order by {order_by}", [run_id])
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
