"""``summary_<run_id>.json``: how a run came out, as the tables of summaries have it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from curvehouse.export.kind import Kind
from curvehouse.export.runs import rows_of_run, the_run
from curvehouse.identity import check_run_id

if TYPE_CHECKING:
    import duckdb

__all__ = ["KIND"]


def _read(connection: duckdb.DuckDBPyConnection, run_id: str) -> dict[str, Any]:
    summary = the_run(connection, "fct_run_summary", run_id)
    strategies = rows_of_run(connection, "fct_run_strategy_summary", run_id, "strategy, symbol")
    for row in strategies:
        del row["run_id"]
    return summary | {"strategies": strategies}


KIND = Kind(
    name="summary",
    check_subject=check_run_id,
    file_name=lambda run_id: f"summary_{run_id}.json",
    read=_read,
)
