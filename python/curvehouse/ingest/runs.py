"""Loading run folders: one batch, and one transaction, per folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from curvehouse.errors import InvalidInputError
from curvehouse.home import Home
from curvehouse.identity import backtest_id
from curvehouse.ingest.batch import Batch, read_batch
from curvehouse.ingest.calendars import Subject, decide_calendars
from curvehouse.ingest.curves import load_curves
from curvehouse.ingest.folder import find_run_folders
from curvehouse.ingest.imported import refuse_imported
from curvehouse.ingest.ledger import Identity, Ledger
from curvehouse.ingest.numbered import Loads, NumberedFile
from curvehouse.ingest.plan import RunPlan, read_plan
from curvehouse.ingest.plan_loads import append_plan
from curvehouse.ingest.report import IngestReport, QuarantinedFile, Repairs
from curvehouse.ingest.session import ingest_session, transaction
from curvehouse.ingest.settings import zone_option
from curvehouse.ingest.staged_trades import insert_staged_trades, staged_trades
from curvehouse.ingest.waiting import clear_vanished_folders, quarantine_folder
from curvehouse.readers.content import MAX_BYTES
from curvehouse.readers.faults import FaultyFileError

__all__ = ["ingest_runs"]

_Numbered = dict[Identity, NumberedFile]


def ingest_runs(
    home: Home,
    paths: Sequence[Path],
    *,
    periods_per_year: float | None = None,
    timezone: str | None = None,
    rehash: bool = False,
    restore: bool = False,
    max_bytes: int = MAX_BYTES,
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
        Overrides what the manifests and the curves say.
    timezone : str, optional
        IANA name of the zone of times without an offset and of the days; overrides what the
        manifests say, whose ``timezone`` is UTC where they say nothing.
    rehash : bool
        Read every file, also one that by its size, inode and times was not written to since it was
        loaded.
    restore : bool
        Load also what was retracted.
    max_bytes : int
        How large each file may be, on disk and unpacked.
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
        When a path is not a folder, or there is no such time zone.
    InvalidInputError
        When a path holds no run; nothing is changed then.
    """
    folders = find_run_folders(paths)
    zone_option(timezone)
    report = IngestReport()
    with ingest_session(home, "curvehouse ingest runs") as connection:
        options = _Options(periods_per_year, timezone, restore, rehash, max_bytes)
        for folder in folders:
            if announce is not None:
                announce(f"loading {folder}")
            report += _ingest_folder(connection, folder, options)
        clear_vanished_folders(connection)
    return report


@dataclass(frozen=True)
class _Options:
    """What holds for all folders of a command, and which folder had which run."""

    periods_per_year: float | None
    timezone: str | None
    restore: bool
    rehash: bool
    max_bytes: int
    folders: dict[str, Path] = field(default_factory=dict)


def _ingest_folder(
    connection: duckdb.DuckDBPyConnection, folder: Path, options: _Options
) -> IngestReport:
    try:
        plan = read_plan(folder, max_bytes=options.max_bytes)
        _refuse_second(plan, options.folders)
        refuse_imported(connection, plan.manifest.run_id, folder)
    except FaultyFileError as fault:
        return quarantine_folder(connection, folder, fault, restore=options.restore)
    except InvalidInputError as error:
        return IngestReport(refused=(str(error),))
    batch = read_batch(
        connection,
        plan,
        zone=zone_option(options.timezone) if options.timezone else plan.manifest.zone,
        periods_per_year=options.periods_per_year or plan.manifest.content.periods_per_year,
        restore=options.restore,
        rehash=options.rehash,
        max_bytes=options.max_bytes,
    )
    try:
        return _load(connection, batch, by_path=True)
    except (duckdb.InvalidInputException, duckdb.IOException):
        # A file is beyond DuckDB's reader, or changed under it; row by row it can be named.
        return _load(connection, batch, by_path=False)


def _refuse_second(plan: RunPlan, folders: dict[str, Path]) -> None:
    run_id = plan.manifest.run_id
    first = folders.setdefault(run_id, plan.folder)
    if first != plan.folder:
        raise InvalidInputError(
            f"{plan.folder} has the run_id {run_id!r}, as {first} has, which was loaded just "
            "before: give one of them another run_id, or leave one out."
        )


def _load(connection: duckdb.DuckDBPyConnection, batch: Batch, *, by_path: bool) -> IngestReport:
    ledger = Ledger(connection, batch.standings)
    plan_ids = (ledger.next_load_id(), ledger.next_load_id())
    curves = _numbered(batch, ledger, "equity")
    trades = _numbered(batch, ledger, "trades")
    with (
        staged_trades(connection, list(trades.values()), zone=batch.zone) as traded,
        transaction(connection),
    ):
        landed = load_curves(connection, list(curves.values()), by_path=by_path, zone=batch.zone)
        insert_staged_trades(connection)
        landed_count = len(landed.row_counts) + len(traded.row_counts)
        stays_out = batch.stays_out(has_landed=landed_count > 0)
        if not stays_out:
            landed_count += append_plan(connection, batch, ledger, plan_ids)
        faults = batch.faults | _note_loads(ledger, batch, curves, landed)
        faults |= _note_loads(ledger, batch, trades, traded)
        _note_rest(ledger, batch, faults, curves | trades)
        _decide_calendars(connection, batch, curves, landed)
        _decide_calendars(connection, batch, trades, traded, kind="trades")
        ledger.write()
    return IngestReport(
        loaded=landed_count,
        unchanged=len(batch.unchanged),
        quarantined_files=tuple(
            QuarantinedFile.from_fault(fault.path or batch.plan.folder, fault)
            for fault in sorted(
                faults.values(), key=lambda fault: (str(fault.path), fault.line or 0)
            )
        ),
        retracted=batch.retracted_count + (2 if stays_out else 0),
        repairs=Repairs.of([*landed.row_counts.values(), *traded.row_counts.values()]),
    )


def _numbered(batch: Batch, ledger: Ledger, kind: str) -> _Numbered:
    """Give each new file of a kind its load_id, in the order that the table will have.

    Parts stay in the order of their files.
    """

    def place(identity: Identity) -> tuple[str, str]:
        probe = batch.probes[identity]
        return ("", ids[identity]) if probe.part is None else (str(probe.path), "")

    ids = {
        identity: _backtest_of(batch, identity)
        for identity in batch.probes
        if identity.kind == kind
    }
    return {
        identity: NumberedFile(ledger.next_load_id(), ids[identity], batch.probes[identity])
        for identity in sorted(ids, key=place)
    }


def _backtest_of(batch: Batch, identity: Identity) -> str:
    return backtest_id(batch.run_id, identity.strategy or "", identity.param_hash or "")


def _note_loads(
    ledger: Ledger, batch: Batch, files: _Numbered, loads: Loads
) -> dict[Identity, FaultyFileError]:
    """Note the good files in the ledger; return what is wrong with the others."""
    faults = {}
    for identity, file in files.items():
        if file.load_id in loads.faults:
            fault = faults[identity] = loads.faults[file.load_id]
            fault.sha256, fault.byte_count = file.probe.sha256, file.probe.byte_count
            continue
        ledger.add_load(
            identity,
            file.probe.path,
            load_id=file.load_id,
            sha256=file.probe.sha256,
            byte_count=file.probe.byte_count,
            counts=loads.row_counts[file.load_id],
            backtest_id=file.backtest_id,
            settings=batch.settings,
            timezone=batch.zone,
            stamp=file.probe.stamp,
        )
    return faults


def _note_rest(
    ledger: Ledger,
    batch: Batch,
    faults: dict[Identity, FaultyFileError],
    numbered: _Numbered,
) -> None:
    """Note the files that did not load: faulty, unchanged, or no longer faulty."""
    for identity, fault in faults.items():
        ledger.add_quarantine(
            identity,
            fault.path or batch.plan.folder,
            fault,
            load_id=numbered[identity].load_id if identity in numbered else None,
            backtest_id=_backtest_of(batch, identity) if identity.param_hash else None,
            settings=batch.settings if identity in numbered else None,
        )
    for identity, path in batch.unchanged.items():
        ledger.add_unchanged(identity, path)
    ledger.clear_quarantine(faults.keys())


def _decide_calendars(
    connection: duckdb.DuckDBPyConnection,
    batch: Batch,
    files: _Numbered,
    loads: Loads,
    *,
    kind: str = "backtest",
) -> None:
    symbols = {job.key: job.symbol for job in batch.plan.jobs.jobs}
    subjects = []
    for identity, file in files.items():
        counts = loads.row_counts.get(file.load_id)
        curve = identity._replace(kind="equity")
        if counts is None or (kind == "trades" and curve in batch.present):
            continue
        symbol = symbols.get((identity.strategy or "", identity.param_hash or ""))
        is_daily = batch.zone is None and counts.days == counts.rows
        subjects.append(
            Subject(
                file.load_id,
                file.backtest_id,
                symbol,
                batch.periods_per_year,
                batch.zone,
                is_daily,
            )
        )
    decide_calendars(connection, kind, subjects)
