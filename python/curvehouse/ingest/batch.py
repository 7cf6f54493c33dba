"""What a run folder brings that the warehouse does not have yet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from curvehouse.ingest.folder import LandedFile, landed_files
from curvehouse.ingest.jobs import JobKey
from curvehouse.ingest.plan import RunPlan
from curvehouse.ingest.report import shown_path
from curvehouse.ingest.settings import settings_text
from curvehouse.ingest.standings import Comparison, Identity, Standings
from curvehouse.ingest.waiting import folder_identity
from curvehouse.readers.containers import probe_parts
from curvehouse.readers.content import MAX_BYTES
from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.probe import FileProbe, probe_bytes, read_file
from curvehouse.readers.stamps import stamp_of

__all__ = ["Batch", "read_batch"]

_Found = FileProbe | FaultyFileError | Comparison


@dataclass
class Batch:
    """A run folder, compared with the ledger.

    Attributes
    ----------
    plan : RunPlan
        Its manifest and jobs.
    standings : Standings
        How its files stand in the ledger.
    zone : str or None
        Of the times in its curves and trades that have no offset, else UTC.
    periods_per_year : float or None
        Of its curves, else what each says itself.
    manifest, jobs : Comparison
        What the ledger says to them.
    probes : dict of Identity to FileProbe
        The curves and trades that are new or changed, in a fixed order.
    faults : dict of Identity to FaultyFileError
        What is known to be wrong before any file is loaded.
    present : set of Identity
        All that is in the folder.
    unchanged : dict of Identity to Path
        Files that need no load.
    retracted_count : int
        Curves, trades and faults that were retracted and stay out.
    """

    plan: RunPlan
    standings: Standings
    zone: str | None = None
    periods_per_year: float | None = None
    manifest: Comparison = Comparison.NEW
    jobs: Comparison = Comparison.NEW
    probes: dict[Identity, FileProbe] = field(default_factory=dict)
    faults: dict[Identity, FaultyFileError] = field(default_factory=dict)
    present: set[Identity] = field(default_factory=set)
    unchanged: dict[Identity, Path] = field(default_factory=dict)
    retracted_count: int = 0

    @property
    def run_id(self) -> str:
        """The run."""
        return self.plan.manifest.run_id

    @property
    def settings(self) -> str | None:
        """What the load of its curves and trades rests on beside their bytes."""
        return settings_text({}, zone=self.zone, periods_per_year=self.periods_per_year)

    def stays_out(self, *, has_landed: bool) -> bool:
        """Return whether the run was retracted and nothing in its folder brings it back.

        A retracted run has neither manifest nor jobs in force, and gets both when its manifest
        changes or any of its curves or trades lands.
        """
        return self.manifest is Comparison.RETRACTED and not has_landed


def read_batch(
    connection: duckdb.DuckDBPyConnection,
    plan: RunPlan,
    *,
    zone: str | None = None,
    periods_per_year: float | None = None,
    restore: bool = False,
    rehash: bool = False,
    max_bytes: int = MAX_BYTES,
) -> Batch:
    """Look at every file of a run folder once, and find what is to be loaded.

    A file that was not written to since it was loaded is not read, unless ``rehash`` is set. The
    files of a job whose parameters don't give its hash are left alone: the job's line is reported,
    and they belong to nobody.
    """
    run_id, folder = plan.manifest.run_id, folder_identity(plan.folder)
    standings = Standings(connection, folder, run_id=run_id, restore=restore)
    batch = Batch(plan, standings, zone, periods_per_year)
    _compare_plan(batch)
    planned = {job.key for job in plan.jobs.jobs}
    wanted: list[LandedFile] = []
    containers: list[LandedFile] = []
    for file in landed_files(plan.folder, batch.run_id):
        if file.is_container and file.fault is None:
            containers.append(file)
            continue
        key = (file.identity.strategy or "", file.identity.param_hash or "")
        if not file.is_readable and key not in planned:
            # A picture or a note that happens to be named so.
            continue
        batch.present.add(file.identity)
        if key in plan.jobs.hash_faults:
            continue
        if file.fault is not None:
            batch.faults[file.identity] = file.fault
        elif key not in planned:
            batch.faults[file.identity] = _not_planned(file.path)
        else:
            wanted.append(file)
    _compare_files(batch, wanted, rehash=rehash, max_bytes=max_bytes)
    for file in containers:
        _compare_parts(batch, file, planned, rehash=rehash, max_bytes=max_bytes)
    _leave_out_retracted_faults(batch)
    return batch


def _compare_plan(batch: Batch) -> None:
    plan, run_id = batch.plan, batch.run_id
    manifest, jobs = Identity("manifest", run_id), Identity("jobs", run_id)
    batch.manifest = batch.standings.compare(manifest, plan.manifest.sha256)
    batch.jobs = batch.standings.compare(jobs, plan.jobs.sha256)
    if batch.manifest is Comparison.UNCHANGED:
        batch.unchanged[manifest] = plan.manifest_path
    if batch.jobs is Comparison.UNCHANGED:
        batch.unchanged[jobs] = plan.jobs_path
    for key, fault in plan.jobs.hash_faults.items():
        batch.faults[Identity("jobs", run_id, *key)] = fault
    for line, fault in plan.jobs.line_faults.items():
        batch.faults[Identity("jobs", run_id, dataset=f"line {line}")] = fault
    batch.present |= batch.faults.keys() | {manifest, jobs}


def _compare_files(
    batch: Batch, wanted: Sequence[LandedFile], *, rehash: bool, max_bytes: int
) -> None:
    # One after the other: threads spend more on handing over to each other than they gain.
    for file in wanted:
        found = _look_at(file, batch, rehash=rehash, max_bytes=max_bytes)
        _note(batch, file.identity, file.path, found)


def _note(batch: Batch, identity: Identity, path: Path, found: _Found) -> None:
    if isinstance(found, FaultyFileError):
        batch.faults[identity] = found
    elif isinstance(found, FileProbe):
        batch.probes[identity] = found
    elif found is Comparison.UNCHANGED:
        batch.unchanged[identity] = path
    else:
        batch.retracted_count += 1


def _compare_parts(
    batch: Batch,
    file: LandedFile,
    planned: Collection[JobKey],
    *,
    rehash: bool,
    max_bytes: int,
) -> None:
    """Look into a file that holds what several backtests brought; each has an identity of its own.

    A part that is also elsewhere is refused in both places.
    """
    try:
        known = {} if rehash else _untouched_parts(file, batch)
        parts = {} if known else _read_parts(file, max_bytes)
    except FaultyFileError as fault:
        batch.faults[file.identity] = fault
        return
    for identity, comparison in known.items():
        _note_part(batch, file, identity, comparison)
    for name, probe in parts.items():
        identity = file.identity._replace(param_hash=name, dataset=None)
        key = (file.identity.strategy or "", name)
        if key in batch.plan.jobs.hash_faults:
            batch.present.add(identity)
        elif key not in planned:
            batch.faults[identity] = _not_planned(file.path, f"holds {name}, which ")
        else:
            comparison = batch.standings.compare(identity, probe.sha256, batch.settings)
            is_new = comparison is Comparison.NEW
            _note_part(batch, file, identity, probe if is_new else comparison)


def _note_part(batch: Batch, file: LandedFile, identity: Identity, found: _Found) -> None:
    if identity in batch.present:
        reason = "holds a backtest that is there a second time; keep one"
        fault = FaultyFileError(ReasonCode.DUPLICATE_FILE, reason, path=file.path)
        batch.faults[identity] = fault
        batch.probes.pop(identity, None)
        batch.unchanged.pop(identity, None)
        return
    batch.present.add(identity)
    _note(batch, identity, file.path, found)


def _read_parts(file: LandedFile, max_bytes: int) -> dict[str, FileProbe]:
    return probe_parts(read_file(file.path, max_bytes=max_bytes))


def _untouched_parts(file: LandedFile, batch: Batch) -> dict[Identity, Comparison]:
    try:
        stamp = stamp_of(file.path.stat())
    except OSError:
        # Reading it says what is wrong.
        return {}
    parts = batch.standings.untouched_parts(shown_path(file.path), stamp, batch.settings)
    return {name: found for name, found in parts.items() if name.kind == file.identity.kind}


def _not_planned(path: Path, what: str = "") -> FaultyFileError:
    reason = f"{what}is not among the jobs of jobs.jsonl; remove it, or run the sweep again"
    return FaultyFileError(ReasonCode.NOT_PLANNED, reason, path=path)


def _leave_out_retracted_faults(batch: Batch) -> None:
    retracted = [
        identity
        for identity, fault in batch.faults.items()
        if batch.standings.is_retracted_fault(identity, fault)
    ]
    for identity in retracted:
        del batch.faults[identity]
    batch.retracted_count += len(retracted)


def _look_at(file: LandedFile, batch: Batch, *, rehash: bool, max_bytes: int) -> _Found:
    """Return what is in a new file, or what is wrong with it, or why it needs no load."""
    try:
        if not rehash and _is_untouched(file, batch):
            return Comparison.UNCHANGED
        content = read_file(file.path, max_bytes=max_bytes)
        comparison = batch.standings.compare(file.identity, content.sha256, batch.settings)
        return probe_bytes(content) if comparison is Comparison.NEW else comparison
    except FaultyFileError as fault:
        return fault


def _is_untouched(file: LandedFile, batch: Batch) -> bool:
    try:
        stamp = stamp_of(file.path.stat())
        return batch.standings.is_untouched(file.identity, stamp, batch.settings)
    except OSError:
        # Reading it says what is wrong.
        return False
