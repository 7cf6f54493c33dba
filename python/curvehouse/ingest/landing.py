"""Landing curves and trades that no sweep of Curvehouse wrote: all of a file in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from curvehouse.ingest.calendars import Subject, decide_calendars
from curvehouse.ingest.curves import load_curves
from curvehouse.ingest.imported import ImportedBacktest
from curvehouse.ingest.jobs import append_jobs
from curvehouse.ingest.ledger import Identity, Ledger
from curvehouse.ingest.numbered import Loads, NumberedFile
from curvehouse.ingest.report import IngestReport, QuarantinedFile, Repairs
from curvehouse.ingest.session import transaction
from curvehouse.ingest.staged_trades import insert_staged_trades, staged_trades
from curvehouse.ingest.standings import Comparison, Standings
from curvehouse.readers.faults import FaultyFileError
from curvehouse.readers.probe import FileProbe, probe_file

__all__ = ["Arrival", "land", "look_at"]

_SUBJECT_KINDS = {"equity": "backtest", "trades": "trades"}


@dataclass(frozen=True)
class Arrival:
    """The curve, or the trades, of one backtest.

    Attributes
    ----------
    backtest : ImportedBacktest
        What they are of.
    kind : str
        ``equity`` or ``trades``.
    path : Path
        The file that they come from, or what stands for it.
    found : FileProbe or FaultyFileError
        What a first look found there.
    label : str
        What the file calls them, where it has more than one backtest.
    settings : str or None
        What their load rests on beside the content.
    column_names : pair of str or None
        What a curve's file calls its columns ``ts`` and ``equity``, where that is unusual.
    periods_per_year : float or None
        Overrides what the curve says.
    """

    backtest: ImportedBacktest
    kind: str
    path: Path
    found: FileProbe | FaultyFileError
    label: str = ""
    settings: str | None = None
    column_names: tuple[str | None, str | None] = (None, None)
    periods_per_year: float | None = None

    @property
    def identity(self) -> Identity:
        """What they are about."""
        return self.backtest.identity(self.kind)

    def labelled(self, fault: FaultyFileError) -> FaultyFileError:
        """Return a fault that says what of the file it is about."""
        reason = f"{self.label} {fault.reason}" if self.label else fault.reason
        labelled = FaultyFileError(fault.code, reason, path=self.path, line=fault.line)
        labelled.sha256, labelled.byte_count = fault.sha256, fault.byte_count
        if isinstance(self.found, FileProbe):
            labelled.sha256, labelled.byte_count = self.found.sha256, self.found.byte_count
        return labelled


def look_at(path: Path, max_bytes: int) -> FileProbe | FaultyFileError:
    """Return what a first look at a file finds, or what is wrong with it."""
    try:
        return probe_file(path, max_bytes=max_bytes)
    except FaultyFileError as fault:
        return fault


def land(
    connection: duckdb.DuckDBPyConnection,
    arrivals: Sequence[Arrival],
    *,
    zone: str | None = None,
    restore: bool = False,
    nameless: Identity | None = None,
) -> IngestReport:
    """Load what is new, and quarantine what is faulty, in one transaction.

    Parameters
    ----------
    connection : DuckDBPyConnection
        The working file, held by this process alone.
    arrivals : sequence of Arrival
        Of one run, each with an identity of its own.
    zone : str, optional
        Of times without an offset, and of the days, else UTC.
    restore : bool
        Load also what was retracted and did not change.
    nameless : Identity, optional
        Of the file as a whole, for which it may be in quarantine; that ends.

    Returns
    -------
    IngestReport
        A curve and the trades of a backtest count as one each.
    """
    batch = {arrival.identity: arrival for arrival in arrivals}
    known = {*batch, *([nameless] if nameless else [])}
    run_id = arrivals[0].backtest.run_id
    standings = Standings(connection, run_id=run_id, only=known, restore=restore)
    try:
        return _load(connection, standings, batch, zone, by_path=True)
    except (duckdb.InvalidInputException, duckdb.IOException):
        # A file is beyond DuckDB's reader, or changed under it; row by row it can be named.
        return _load(connection, standings, batch, zone, by_path=False)


_Batch = dict[Identity, Arrival]
_Numbered = dict[Identity, NumberedFile]


def _load(
    connection: duckdb.DuckDBPyConnection,
    standings: Standings,
    batch: _Batch,
    zone: str | None,
    *,
    by_path: bool,
) -> IngestReport:
    ledger = Ledger(connection, standings)
    comparisons = {
        identity: standings.compare(identity, arrival.found.sha256, arrival.settings)
        for identity, arrival in batch.items()
        if isinstance(arrival.found, FileProbe)
    }
    new = _numbered(ledger, batch, comparisons)
    curves, trades = _of_kind(new, "equity"), _of_kind(new, "trades")
    with (
        staged_trades(connection, trades, zone=zone) as traded,
        transaction(connection),
    ):
        landed = load_curves(connection, curves, by_path=by_path, zone=zone)
        insert_staged_trades(connection)
        loads = Loads(landed.row_counts | traded.row_counts, landed.faults | traded.faults)
        _note_loads(ledger, batch, new, loads, zone)
        faults = _faults(standings, batch, new, loads)
        _note_rest(ledger, batch, new, faults, comparisons)
        landed_files = {
            name: file for name, file in new.items() if file.load_id in loads.row_counts
        }
        _append_jobs(connection, batch, landed_files)
        _decide_calendars(connection, batch, landed_files, zone)
        ledger.write()
    unchanged = list(comparisons.values()).count(Comparison.UNCHANGED)
    files = [QuarantinedFile.from_fault(batch[name].path, fault) for name, fault in faults.items()]
    return IngestReport(
        loaded=len(landed_files),
        unchanged=unchanged,
        quarantined_files=tuple(files),
        retracted=len(batch) - len(landed_files) - unchanged - len(faults),
        repairs=Repairs.of(loads.row_counts.values()),
    )


def _numbered(ledger: Ledger, batch: _Batch, comparisons: dict[Identity, Comparison]) -> _Numbered:
    numbered = {}
    for identity, arrival in batch.items():
        if comparisons.get(identity) is Comparison.NEW and isinstance(arrival.found, FileProbe):
            load_id, subject = ledger.next_load_id(), arrival.backtest.backtest_id
            numbered[identity] = NumberedFile(load_id, subject, arrival.found, arrival.column_names)
    return numbered


def _of_kind(new: _Numbered, kind: str) -> list[NumberedFile]:
    return [file for identity, file in new.items() if identity.kind == kind]


def _faults(
    standings: Standings, batch: _Batch, new: _Numbered, loads: Loads
) -> dict[Identity, FaultyFileError]:
    """Return what is wrong, but for what was retracted with just that fault."""
    faults = {
        identity: arrival.found
        for identity, arrival in batch.items()
        if isinstance(arrival.found, FaultyFileError)
    }
    faults |= {
        identity: loads.faults[file.load_id]
        for identity, file in new.items()
        if file.load_id in loads.faults
    }
    labelled = {identity: batch[identity].labelled(fault) for identity, fault in faults.items()}
    return {
        identity: fault
        for identity, fault in labelled.items()
        if not standings.is_retracted_fault(identity, fault)
    }


def _note_loads(
    ledger: Ledger, batch: _Batch, new: _Numbered, loads: Loads, zone: str | None
) -> None:
    for identity, file in new.items():
        if file.load_id in loads.row_counts:
            ledger.add_load(
                identity,
                batch[identity].path,
                load_id=file.load_id,
                sha256=file.probe.sha256,
                byte_count=file.probe.byte_count,
                counts=loads.row_counts[file.load_id],
                backtest_id=file.backtest_id,
                settings=batch[identity].settings,
                timezone=zone,
            )


def _note_rest(
    ledger: Ledger,
    batch: _Batch,
    new: _Numbered,
    faults: dict[Identity, FaultyFileError],
    comparisons: dict[Identity, Comparison],
) -> None:
    """Note what did not load: faulty, unchanged, or no longer faulty."""
    for identity, fault in faults.items():
        arrival = batch[identity]
        ledger.add_quarantine(
            identity,
            arrival.path,
            fault,
            load_id=new[identity].load_id if identity in new else None,
            backtest_id=arrival.backtest.backtest_id,
            settings=arrival.settings,
        )
    for identity, comparison in comparisons.items():
        if comparison is Comparison.UNCHANGED:
            ledger.add_unchanged(identity, batch[identity].path)
    ledger.clear_quarantine(faults.keys())


def _append_jobs(connection: duckdb.DuckDBPyConnection, batch: _Batch, landed: _Numbered) -> None:
    if landed:
        run_id = next(iter(batch.values())).backtest.run_id
        jobs = ((file.load_id, batch[name].backtest.as_job()) for name, file in landed.items())
        append_jobs(connection, run_id, jobs)


def _decide_calendars(
    connection: duckdb.DuckDBPyConnection, batch: _Batch, landed: _Numbered, zone: str | None
) -> None:
    for kind, subject_kind in _SUBJECT_KINDS.items():
        subjects = [
            Subject(
                file.load_id,
                file.backtest_id,
                batch[identity].backtest.symbol,
                batch[identity].periods_per_year,
                zone,
            )
            for identity, file in landed.items()
            if identity.kind == kind
        ]
        decide_calendars(connection, subject_kind, subjects)
