"""The ledger of files: what was loaded or quarantined under which identity, and when."""

from __future__ import annotations

import os
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from curvehouse.ingest.report import shown_path
from curvehouse.ingest.session import append_rows
from curvehouse.ingest.standings import Identity, Standings
from curvehouse.readers.faults import FaultyFileError
from curvehouse.readers.row_counts import RowCounts

__all__ = ["Identity", "Ledger", "RowCounts"]


_COLUMNS = {
    "load_id": pa.int64(),
    "kind": pa.string(),
    "run_id": pa.string(),
    "strategy": pa.string(),
    "param_hash": pa.string(),
    "backtest_id": pa.string(),
    "dataset": pa.string(),
    "file_path": pa.string(),
    "file_sha256": pa.string(),
    "status": pa.string(),
    "reason_code": pa.string(),
    "reason": pa.string(),
    "line_number": pa.int64(),
    "settings": pa.string(),
    "byte_count": pa.int64(),
    "row_count": pa.int64(),
    "loaded_at": pa.timestamp("us"),
    "timezone": pa.string(),
    "day_count": pa.int64(),
    "duplicate_row_count": pa.int64(),
    "reordered_row_count": pa.int64(),
    "file_stamp": pa.string(),
}


class Ledger:
    """The rows that a batch adds to ``raw.files``, numbered as they come.

    Parameters
    ----------
    connection : DuckDBPyConnection
        The working file, held by this process alone.
    standings : Standings
        How the identities of the batch stand before it.

    Notes
    -----
    Every row has a ``load_id`` of its own, greater than all before it. What the statuses mean is
    said at `curvehouse.ingest.standings.standings_sql`.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, standings: Standings) -> None:
        self._connection = connection
        self._standings = standings
        ((last,),) = connection.execute(
            "select coalesce(max(load_id), 0) from raw.files"
        ).fetchall()
        self._last_id = int(last)
        self._rows: list[dict[str, Any]] = []

    def next_load_id(self) -> int:
        """Return a new number; it need not be used."""
        self._last_id += 1
        return self._last_id

    def add_load(
        self,
        identity: Identity,
        path: Path,
        *,
        load_id: int,
        sha256: str,
        byte_count: int,
        counts: RowCounts,
        backtest_id: str | None = None,
        settings: str | None = None,
        timezone: str | None = None,
        stamp: str | None = None,
    ) -> None:
        """Note that a file was loaded; ``timezone`` is where its days are counted, else UTC."""
        self._add(
            identity,
            path,
            "loaded",
            load_id=load_id,
            file_sha256=sha256,
            byte_count=byte_count,
            row_count=counts.rows,
            day_count=counts.days,
            duplicate_row_count=counts.duplicates,
            reordered_row_count=counts.reordered,
            backtest_id=backtest_id,
            settings=settings,
            timezone=timezone,
            file_stamp=stamp,
        )

    def add_quarantine(
        self,
        identity: Identity,
        path: Path,
        fault: FaultyFileError,
        *,
        load_id: int | None = None,
        backtest_id: str | None = None,
        settings: str | None = None,
    ) -> None:
        """Note that a file was not accepted, unless the ledger's latest row says so already."""
        standing = self._standings.get(identity)
        is_known = standing is not None and standing.is_quarantined and standing.is_of_fault(fault)
        if standing is not None and is_known and not _has_moved(standing.path, path):
            return
        self._add(
            identity,
            path,
            "quarantined",
            load_id=self.next_load_id() if load_id is None else load_id,
            reason_code=fault.code.value,
            reason=fault.reason,
            line_number=fault.line,
            file_sha256=fault.sha256,
            byte_count=fault.byte_count,
            backtest_id=backtest_id,
            settings=settings,
        )

    def add_unchanged(self, identity: Identity, path: Path) -> None:
        """Note where the file of the load in force is now, where that is news."""
        standing = self._standings.get(identity)
        if standing is not None and _has_moved(standing.active_path, path):
            self._add(
                identity,
                path,
                "moved",
                load_id=self.next_load_id(),
                file_sha256=standing.active_sha256,
                settings=standing.active_settings,
                backtest_id=standing.backtest_id,
            )

    def clear_quarantine(self, found_again: Collection[Identity] = ()) -> None:
        """Note which quarantines this batch ends: of files that are gone or as they were loaded.

        Call it when all else is noted; ``found_again`` are the identities that still have a fault.
        """
        noted = {Identity(*(row[name] for name in Identity._fields)) for row in self._rows}
        for identity, standing in self._standings.items():
            if standing.is_quarantined and identity not in noted and identity not in found_again:
                self._add(
                    identity,
                    Path(standing.path),
                    "cleared",
                    load_id=self.next_load_id(),
                    backtest_id=standing.backtest_id,
                )

    def write(self) -> None:
        """Append the rows, inside the caller's transaction."""
        loaded_at = datetime.now(UTC).replace(tzinfo=None)
        rows = [{**row, "loaded_at": loaded_at} for row in self._rows]
        append_rows(self._connection, "raw.files", _COLUMNS, rows)

    def _add(self, identity: Identity, path: Path, status: str, **values: Any) -> None:
        empty = dict.fromkeys(_COLUMNS)
        self._rows.append(
            {
                **empty,
                **identity._asdict(),
                "file_path": shown_path(path),
                "status": status,
                **values,
            }
        )


def _has_moved(known: str | None, path: Path) -> bool:
    """Return whether a file is at another place than was known, and no longer there.

    A copy is no move, or two of them would be noted in turns.
    """
    return known is not None and known != shown_path(path) and not os.path.lexists(known)
