"""Loading run folders: one batch, and one transaction, per folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from curvehouse.errors import InvalidInputError
from curvehouse.home import Home
from curvehouse.identity import backtest_id
from curvehouse.ingest.calendars import Subject, decide_calendars
from curvehouse.ingest.curves import Loads, NumberedFile, load_curves
from curvehouse.ingest.folder import LandedFile, find_run_folders, landed_files
from curvehouse.ingest.jobs import append_jobs
from curvehouse.ingest.ledger import Identity, Ledger
from curvehouse.ingest.manifest import append_run
from curvehouse.ingest.plan import RunPlan, read_plan
from curvehouse.ingest.report import IngestReport, QuarantinedFile
from curvehouse.ingest.session import ingest_session, transaction
from curvehouse.ingest.trades import insert_staged_trades, staged_trades
from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.probe import FileProbe, probe_file

__all__ = ["ingest_runs"]

_THREADS = 4


def ingest_runs(
    home: Home,
    paths: Sequence[Path],
    *,
    periods_per_year: float | None = None,
    announce: Callable[[str], None] | None = None,
) -> IngestReport:
    """Load run folders, as a sweep writes them.

    Parameters
    ----------
    home : Home
        The warehouse.
    paths : sequence of Path
        Run folders, or folders that hold run folders.
    periods_per_year : float, optional
        Overrides what the curves and manifests say.
    announce : callable, optional
        Told what happens next, for people who wait.

    Returns
    -------
    IngestReport
        Manifests, job lists, curves and trades count as one file each. A file that was
        quarantined before and is still bad counts as quarantined again.

    Raises
    ------
    UsageError
        When a path is not a folder.
    InvalidInputError
        When a path holds no run; nothing is changed then.
    """
    folders = find_run_folders(paths)
    report = IngestReport()
    with ingest_session(home, "curvehouse ingest runs") as connection:
        for folder in folders:
            if announce is not None:
                announce(f"loading {folder}")
            report += _ingest_folder(connection, folder, periods_per_year)
    return report


@dataclass
class _Batch:
    """What a run folder brings that the warehouse does not have."""

    plan: RunPlan
    periods_per_year: float | None
    has_new_manifest: bool = False
    has_new_jobs: bool = False
    curves: list[LandedFile] = field(default_factory=list)
    trades: list[LandedFile] = field(default_factory=list)
    probes: dict[Identity, FileProbe] = field(default_factory=dict)
    faults: dict[Identity, tuple[Path, FaultyFileError]] = field(default_factory=dict)
    present: set[Identity] = field(default_factory=set)
    unchanged: int = 0

    @property
    def run_id(self) -> str:
        return self.plan.manifest.run_id


def _ingest_folder(
    connection: duckdb.DuckDBPyConnection, folder: Path, periods_per_year: float | None
) -> IngestReport:
    try:
        plan = read_plan(folder)
        _refuse_imported(connection, plan)
    except FaultyFileError as fault:
        return _quarantine_folder(connection, folder, fault)
    except InvalidInputError as error:
        return IngestReport(refused=(str(error),))
    batch = _new_in_folder(connection, plan, periods_per_year)
    try:
        return _load(connection, batch, by_path=True)
    except (duckdb.InvalidInputException, duckdb.IOException):
        # A file is beyond DuckDB's reader, or changed under it; row by row it can be named.
        return _load(connection, batch, by_path=False)


def _refuse_imported(connection: duckdb.DuckDBPyConnection, plan: RunPlan) -> None:
    run_id = plan.manifest.run_id
    ((imported,),) = connection.execute(
        """
        select count(*)
        from raw.jobs
        inner join raw.files using (load_id)
        where raw.files.run_id = ? and raw.files.kind = 'equity'
        """,
        [run_id],
    ).fetchall()
    if imported:
        raise InvalidInputError(
            f"{plan.folder} has the run_id {run_id!r}, under which single curves were loaded: give "
            "the run another run_id in its manifest."
        )


def _quarantine_folder(
    connection: duckdb.DuckDBPyConnection, folder: Path, fault: FaultyFileError
) -> IngestReport:
    """Note that a folder's manifest or plan can't be used; its other files have to wait."""
    path = fault.path or folder
    identity = Identity("manifest", dataset=str(folder.resolve()))
    with transaction(connection):
        ledger = Ledger(connection)
        ledger.add_quarantine(identity, path, fault)
        ledger.write()
    return IngestReport(quarantined_files=(QuarantinedFile.from_fault(path, fault),))


def _new_in_folder(
    connection: duckdb.DuckDBPyConnection, plan: RunPlan, periods_per_year: float | None
) -> _Batch:
    batch = _Batch(plan, periods_per_year or plan.manifest.content.periods_per_year)
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
            batch.faults[file.identity] = (file.path, file.fault)
        elif key not in planned:
            reason = "is not among the jobs of jobs.jsonl; remove it, or run the sweep again"
            batch.faults[file.identity] = (
                file.path,
                FaultyFileError(ReasonCode.NOT_PLANNED, reason, path=file.path),
            )
        else:
            wanted.append(file)
    _compare_files(batch, ledger, wanted)
    return batch


def _compare_plan(batch: _Batch, ledger: Ledger) -> None:
    plan, run_id = batch.plan, batch.run_id
    manifest, jobs = Identity("manifest", run_id), Identity("jobs", run_id)
    batch.has_new_manifest = not ledger.is_unchanged(manifest, plan.manifest.sha256)
    batch.has_new_jobs = not ledger.is_unchanged(jobs, plan.jobs.sha256)
    batch.unchanged += 2 - batch.has_new_manifest - batch.has_new_jobs
    for key, fault in plan.jobs.hash_faults.items():
        batch.faults[Identity("jobs", run_id, *key)] = (plan.jobs_path, fault)
    for line, fault in plan.jobs.line_faults.items():
        identity = Identity("jobs", run_id, dataset=f"line {line}")
        batch.faults[identity] = (plan.jobs_path, fault)
    batch.present |= batch.faults.keys() | {manifest, jobs}


def _compare_files(batch: _Batch, ledger: Ledger, wanted: Sequence[LandedFile]) -> None:
    with ThreadPoolExecutor(_THREADS) as threads:
        probes = list(threads.map(_probe, wanted))
    for file, probe in zip(wanted, probes, strict=True):
        if isinstance(probe, FaultyFileError):
            batch.faults[file.identity] = (file.path, probe)
        elif ledger.is_unchanged(file.identity, probe.sha256):
            batch.unchanged += 1
        else:
            batch.probes[file.identity] = probe
            (batch.curves if file.identity.kind == "equity" else batch.trades).append(file)


def _probe(file: LandedFile) -> FileProbe | FaultyFileError:
    try:
        return probe_file(file.path)
    except FaultyFileError as fault:
        return fault


def _load(
    connection: duckdb.DuckDBPyConnection, batch: _Batch, *, by_path: bool
) -> IngestReport:
    ledger = Ledger(connection, batch.run_id)
    manifest_id, jobs_id = ledger.next_load_id(), ledger.next_load_id()
    curves = _numbered(batch, ledger, batch.curves)
    trades = _numbered(batch, ledger, batch.trades)
    with staged_trades(connection, list(trades.values())) as traded, transaction(connection):
        plan = batch.plan
        if batch.has_new_manifest:
            append_run(connection, plan.manifest, manifest_id)
            _note_plan_file(ledger, "manifest", plan, manifest_id)
        if batch.has_new_jobs:
            append_jobs(connection, batch.run_id, plan.jobs.jobs, jobs_id)
            _note_plan_file(ledger, "jobs", plan, jobs_id)
        landed = load_curves(connection, list(curves.values()), by_path=by_path)
        insert_staged_trades(connection)
        faults = dict(batch.faults)
        faults |= _note_loads(ledger, curves, landed)
        faults |= _note_loads(ledger, trades, traded)
        _note_faults(ledger, batch, faults)
        _decide_calendars(connection, batch, curves, landed)
        ledger.write()
    loaded = len(landed.row_counts) + len(traded.row_counts)
    loaded += batch.has_new_manifest + batch.has_new_jobs
    quarantined = tuple(QuarantinedFile.from_fault(*found) for found in faults.values())
    return IngestReport(loaded, batch.unchanged, quarantined)
