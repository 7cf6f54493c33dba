"""Run folders that wait: their manifest or plan can't be used, so their run is not known."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

from curvehouse.ingest.folder import MANIFEST_NAME
from curvehouse.ingest.ledger import Ledger
from curvehouse.ingest.report import IngestReport, QuarantinedFile, shown_path
from curvehouse.ingest.session import transaction
from curvehouse.ingest.standings import Identity, Standings, standings_sql
from curvehouse.readers.faults import FaultyFileError

__all__ = ["clear_vanished_folders", "folder_identity", "quarantine_folder"]


def folder_identity(folder: Path) -> Identity:
    """Name a folder whose run is not known."""
    return Identity("manifest", dataset=shown_path(folder.resolve()))


def quarantine_folder(
    connection: duckdb.DuckDBPyConnection, folder: Path, fault: FaultyFileError, *, restore: bool
) -> IngestReport:
    """Note that a folder's manifest or plan can't be used; its other files have to wait."""
    path, identity = fault.path or folder, folder_identity(folder)
    standings = Standings(connection, identity, restore=restore)
    if standings.is_retracted_fault(identity, fault):
        return IngestReport(retracted=1)
    with transaction(connection):
        ledger = Ledger(connection, standings)
        ledger.add_quarantine(identity, path, fault)
        ledger.write()
    return IngestReport(quarantined_files=(QuarantinedFile.from_fault(path, fault),))


def clear_vanished_folders(connection: duckdb.DuckDBPyConnection) -> None:
    """End the quarantine of folders that are no longer where they were.

    A folder that was moved and mended loads under its run, which its old place says nothing of.
    """
    waiting = connection.execute(
        f"""
        select dataset
        from ({standings_sql("kind = 'manifest' and run_id is null")})
        where status = 'quarantined'
        order by latest_load_id
        """
    ).fetchall()
    # A name that could not be stored as it is can't be looked for either.
    gone = [
        name
        for (name,) in waiting
        if "\N{REPLACEMENT CHARACTER}" not in name
        and not os.path.lexists(f"{name}/{MANIFEST_NAME}")
    ]
    for name in gone:
        with transaction(connection):
            ledger = Ledger(connection, Standings(connection, Identity("manifest", dataset=name)))
            ledger.clear_quarantine()
            ledger.write()
