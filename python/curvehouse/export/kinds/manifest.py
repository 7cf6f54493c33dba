"""``batch_run_manifest.json``: what a sweep was to do, as it wrote it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from curvehouse.errors import NothingToExportError
from curvehouse.export.kind import Kind
from curvehouse.export.runs import the_run
from curvehouse.identity import check_run_id

if TYPE_CHECKING:
    import duckdb

__all__ = ["KIND"]

# A manifest of another tool may lack some of them.
_KEYS = ("run_id", "created_at", "strategies", "param_grid", "seeds", "total_jobs", "flags")


def _read(connection: duckdb.DuckDBPyConnection, run_id: str) -> dict[str, Any]:
    run = the_run(connection, "dim_runs", run_id)
    if run["manifest"] is None:
        raise NothingToExportError(
            f"run {run_id!r} is an import and has no manifest; export a sweep's."
        )
    manifest: dict[str, Any] = json.loads(run["manifest"])
    return dict.fromkeys(_KEYS) | manifest


KIND = Kind(
    name="manifest",
    check_subject=check_run_id,
    file_name=lambda _: "batch_run_manifest.json",
    read=_read,
)
