"""What a run folder brings that the warehouse does not have yet."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import duckdb

from curvehouse.ingest.folder import LandedFile, landed_files
from curvehouse.ingest.ledger import Identity, Ledger
from curvehouse.ingest.plan import RunPlan
from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.probe import FileProbe, probe_bytes, read_file
from curvehouse.readers.stamps import stamp_of

__all__ = ["Batch", "read_batch"]

_THREADS = 4
# Handing over one file at a time costs as much as looking at it.
_PART = 64


@dataclass
class Batch:
    """A run folder, compared with the ledger.

    Attributes
    ----------
    plan : RunPlan
        Its manifest and jobs.
    has_new_manifest, has_new_jobs : bool
        Whether they are new or changed.
    probes : dict of Identity to FileProbe
        The curves and trades that are new or changed, in a fixed order.
    faults : dict of Identity to FaultyFileError
        What is known to be wrong before any file is loaded.
    present : set of Identity
        All that is in the folder.
    unchanged : int
        Files that need no load.
    """

    plan: RunPlan
    has_new_manifest: bool = False
    has_new_jobs: bool = False
    probes: dict[Identity, FileProbe] = field(default_factory=dict)
    faults: dict[Identity, FaultyFileError] = field(default_factory=dict)
    present: set[Identity] = field(default_factory=set)
    unchanged: int = 0

    @property
    def run_id(self) -> str:
        """The run."""
        return self.plan.manifest.run_id


def read_batch(
    connection: duckdb.DuckDBPyConnection, plan: RunPlan, *, rehash: bool = False
) -> Batch:
    """Look at every file of a run folder once, and find what is to be loaded.

    A file that was not written to since it was loaded is not read, unless ``rehash`` is set. The
    files of a job whose parameters don't give its hash are left alone: the job's line is reported,
    and they belong to nobody.
    """
    batch = Batch(plan)
    ledger = Ledger(connection, batch.run_id)
    _compare_plan(batch, ledger)
    planned = {job.key for job in plan.jobs.jobs}
    wanted: list[LandedFile] = []
    for file in landed_files(plan.folder, batch.run_id):
        batch.present.add(file.identity)
        key = (file.identity.strategy or "", file.identity.param_hash or "")
        if key in plan.jobs.hash_faults:
            continue
        if file.fault is not None:
            batch.faults[file.identity] = file.fault
        elif key not in planned:
            reason = "is not among the jobs of jobs.jsonl; remove it, or run the sweep again"
            fault = FaultyFileError(ReasonCode.NOT_PLANNED, reason, path=file.path)
            batch.faults[file.identity] = fault
        else:
            wanted.append(file)
    _compare_files(batch, ledger, wanted, rehash=rehash)
    return batch


def _compare_plan(batch: Batch, ledger: Ledger) -> None:
    plan, run_id = batch.plan, batch.run_id
    manifest, jobs = Identity("manifest", run_id), Identity("jobs", run_id)
    batch.has_new_manifest = not ledger.is_unchanged(manifest, plan.manifest.sha256)
    batch.has_new_jobs = not ledger.is_unchanged(jobs, plan.jobs.sha256)
    batch.unchanged += 2 - batch.has_new_manifest - batch.has_new_jobs
    for key, fault in plan.jobs.hash_faults.items():
        batch.faults[Identity("jobs", run_id, *key)] = fault
    for line, fault in plan.jobs.line_faults.items():
        batch.faults[Identity("jobs", run_id, dataset=f"line {line}")] = fault
    batch.present |= batch.faults.keys() | {manifest, jobs}


def _compare_files(
    batch: Batch, ledger: Ledger, wanted: Sequence[LandedFile], *, rehash: bool
) -> None:
    def look_at_all(files: Sequence[LandedFile]) -> list[FileProbe | FaultyFileError | None]:
        return [_look_at(file, ledger, rehash=rehash) for file in files]

    parts = [wanted[start : start + _PART] for start in range(0, len(wanted), _PART)]
    with ThreadPoolExecutor(_THREADS) as threads:
        found = [probe for part in threads.map(look_at_all, parts) for probe in part]
    for file, probe in zip(wanted, found, strict=True):
        if probe is None:
            batch.unchanged += 1
        elif isinstance(probe, FaultyFileError):
            batch.faults[file.identity] = probe
        else:
            batch.probes[file.identity] = probe


def _look_at(
    file: LandedFile, ledger: Ledger, *, rehash: bool
) -> FileProbe | FaultyFileError | None:
    """Return what is in a file, or what is wrong with it, or None where it needs no load."""
    try:
        if not rehash and _is_untouched(file, ledger):
            return None
        content = read_file(file.path)
        if ledger.is_unchanged(file.identity, content.sha256):
            return None
        return probe_bytes(content)
    except FaultyFileError as fault:
        return fault


def _is_untouched(file: LandedFile, ledger: Ledger) -> bool:
    try:
        return ledger.is_untouched(file.identity, stamp_of(file.path.stat()))
    except OSError:
        # Reading it says what is wrong.
        return False
