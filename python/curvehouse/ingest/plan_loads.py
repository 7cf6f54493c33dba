"""Loading what a run folder says about itself: its manifest and its jobs."""

from __future__ import annotations

import duckdb

from curvehouse.ingest.batch import Batch
from curvehouse.ingest.jobs import append_jobs
from curvehouse.ingest.ledger import Identity, Ledger, RowCounts
from curvehouse.ingest.manifest import append_run
from curvehouse.ingest.standings import Comparison

__all__ = ["append_plan"]


def append_plan(
    connection: duckdb.DuckDBPyConnection,
    batch: Batch,
    ledger: Ledger,
    load_ids: tuple[int, int],
) -> int:
    """Load manifest and jobs, where they are not in force as they are; return how many."""
    plan = batch.plan
    manifest_id, jobs_id = load_ids
    if batch.manifest is not Comparison.UNCHANGED:
        append_run(connection, plan.manifest, manifest_id)
        ledger.add_load(
            Identity("manifest", batch.run_id),
            plan.manifest_path,
            load_id=manifest_id,
            sha256=plan.manifest.sha256,
            byte_count=plan.manifest.byte_count,
            counts=RowCounts(1),
        )
    if batch.jobs is not Comparison.UNCHANGED:
        append_jobs(connection, batch.run_id, ((jobs_id, job) for job in plan.jobs.jobs))
        ledger.add_load(
            Identity("jobs", batch.run_id),
            plan.jobs_path,
            load_id=jobs_id,
            sha256=plan.jobs.sha256,
            byte_count=plan.jobs.byte_count,
            counts=RowCounts(len(plan.jobs.jobs)),
        )
    return 2 - [batch.manifest, batch.jobs].count(Comparison.UNCHANGED)
