"""Loading one file that is a batch of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

from curvehouse.errors import UsageError
from curvehouse.ingest.ledger import Identity, Ledger, RowCounts
from curvehouse.ingest.report import IngestReport, QuarantinedFile, Repairs
from curvehouse.ingest.session import transaction
from curvehouse.ingest.standings import Comparison, Standings
from curvehouse.readers.faults import FaultyFileError
from curvehouse.readers.probe import FileProbe, probe_file

__all__ = ["check_file", "load_single", "quarantine"]

# Reads and judges a file; returns what appends its rows under a load_id and counts them.
Reader = Callable[[FileProbe], Callable[[int], RowCounts]]
Look = Callable[[Path], FileProbe]


def check_file(path: Path) -> None:
    """Raise `UsageError` when there is no such file."""
    if not path.exists():
        raise UsageError(f"{path} doesn't exist: give the file to load.")
    if path.is_dir():
        raise UsageError(f"{path} is a folder: give a file, or use `curvehouse ingest runs`.")


def load_single(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    identity: Identity,
    read: Reader,
    *,
    settings: str | None = None,
    zone: str | None = None,
    restore: bool = False,
    look: Look = probe_file,
) -> IngestReport:
    """Load a file under its identity, skip it when unchanged, or quarantine it.

    Parameters
    ----------
    connection : DuckDBPyConnection
        The working file, held by this process alone.
    path : Path
        The file.
    identity : Identity
        What it is about.
    read : callable
        Reads the file before the transaction begins, and returns a function that appends its rows
        inside it.
    settings : str, optional
        Options that change what the file means; other ones make it a changed file.
    zone : str, optional
        Where the file's days are counted, else UTC; part of the settings, too.
    restore : bool
        Load the file also where just this content was retracted.
    look : callable
        Takes the first look at the file.
    """
    standings = Standings(connection, identity, restore=restore)
    ledger = Ledger(connection, standings)
    try:
        probe = look(path)
        comparison = standings.compare(identity, probe.sha256, settings)
        if comparison is not Comparison.NEW:
            return _leave(connection, ledger, identity, path, comparison)
        try:
            append = read(probe)
        except FaultyFileError as fault:
            fault.sha256, fault.byte_count = probe.sha256, probe.byte_count
            raise
    except FaultyFileError as fault:
        return quarantine(connection, standings, identity, path, fault, settings=settings)
    with transaction(connection):
        load_id = ledger.next_load_id()
        counts = append(load_id)
        ledger.add_load(
            identity,
            path,
            load_id=load_id,
            sha256=probe.sha256,
            byte_count=probe.byte_count,
            counts=counts,
            settings=settings,
            timezone=zone,
        )
        ledger.write()
    return IngestReport(loaded=1, repairs=Repairs.of([counts]))


def quarantine(
    connection: duckdb.DuckDBPyConnection,
    standings: Standings,
    identity: Identity,
    path: Path,
    fault: FaultyFileError,
    *,
    settings: str | None = None,
) -> IngestReport:
    """Note what is wrong with a file, unless it was retracted with just that fault."""
    if standings.is_retracted_fault(identity, fault):
        return IngestReport(retracted=1)
    ledger = Ledger(connection, standings)
    with transaction(connection):
        ledger.add_quarantine(identity, path, fault, settings=settings)
        ledger.write()
    return IngestReport(quarantined_files=(QuarantinedFile.from_fault(path, fault),))


def _leave(
    connection: duckdb.DuckDBPyConnection,
    ledger: Ledger,
    identity: Identity,
    path: Path,
    comparison: Comparison,
) -> IngestReport:
    """Load nothing, and note that the file is no longer faulty, or is elsewhere now."""
    is_unchanged = comparison is Comparison.UNCHANGED
    with transaction(connection):
        if is_unchanged:
            ledger.add_unchanged(identity, path)
        ledger.clear_quarantine()
        ledger.write()
    return IngestReport(unchanged=int(is_unchanged), retracted=int(not is_unchanged))
