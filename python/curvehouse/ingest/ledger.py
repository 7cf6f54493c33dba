"""The ledger of files: what was loaded or quarantined under which identity, and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from curvehouse.ingest.report import shown_path
from curvehouse.ingest.session import append_rows
from curvehouse.readers.faults import FaultyFileError

__all__ = ["Identity", "Ledger", "RowCounts", "Standing"]


class Identity(NamedTuple):
    """What a file is about; a later file of the same identity supersedes an earlier one."""

    kind: str
    run_id: str | None = None
    strategy: str | None = None
    param_hash: str | None = None
    dataset: str | None = None


@dataclass(frozen=True)
class RowCounts:
    """What a load brought, and what was put right in it.

    Attributes
    ----------
    rows : int
        Rows that were loaded.
    days : int or None
        Days, in the file's time zone, that have a row; None where days don't matter.
    duplicates : int
        Exact copies of other rows, which were left out.
    reordered : int
        Rows that stood in the file after a later one.
    """

    rows: int
    days: int | None = None
    duplicates: int = 0
    reordered: int = 0


@dataclass(frozen=True)
class Standing:
    """The latest ledger row of an identity."""

    path: str
    status: str
    sha256: str | None
    settings: str | None
    code: str | None
    reason: str | None
    line: int | None
    has_active_load: bool
    file_stamp: str | None

    def is_same_load(self, sha256: str, settings: str | None) -> bool:
        """Return whether a file with these bytes needs no load.

        A retracted file stays out until its content changes; a quarantined one is looked at
        again, because what it lacked may have been elsewhere.
        """
        same = (self.sha256, self.settings) == (sha256, settings)
        return same and self.status in ("loaded", "retracted")

    def is_same_file(self, stamp: str) -> bool:
        """Return whether a loaded file is still the one on disk, going by its stamp."""
        return self.status == "loaded" and self.file_stamp == stamp

    def is_same_fault(self, fault: FaultyFileError) -> bool:
        """Return whether the ledger says just this already."""
        was = (self.status, self.sha256, self.code, self.reason, self.line)
        return was == ("quarantined", fault.sha256, fault.code, fault.reason, fault.line)


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
    run_id : str, optional
        Look at the identities of this run too, beside those of no run.

    Notes
    -----
    Every row has a ``load_id`` of its own, greater than all before it. The active load of an
    identity is its latest row with status ``loaded`` or ``retracted``, where that is ``loaded``;
    ``quarantined`` rows leave it alone. A quarantined file that never had a good version and is
    gone is ``retracted``, so that it is not reported for ever.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, run_id: str | None = None) -> None:
        self._connection = connection
        ((last,),) = connection.execute(
            "select coalesce(max(load_id), 0) from raw.files"
        ).fetchall()
        self._last_id = int(last)
        self._rows: list[dict[str, Any]] = []
        self.standings = self._read_standings(run_id)

    def next_load_id(self) -> int:
        """Return a new number; it need not be used."""
        self._last_id += 1
        return self._last_id

    def is_unchanged(self, identity: Identity, sha256: str, settings: str | None = None) -> bool:
        """Return whether this content is what the identity's latest row is about."""
        standing = self.standings.get(identity)
        return standing is not None and standing.is_same_load(sha256, settings)

    def is_untouched(self, identity: Identity, stamp: str) -> bool:
        """Return whether the file that the identity's latest row is about was not written to."""
        standing = self.standings.get(identity)
        return standing is not None and standing.is_same_file(stamp)

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
        standing = self.standings.get(identity)
        if standing is not None and standing.is_same_fault(fault):
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

    def retract_gone(self, identities: Iterable[Identity]) -> None:
        """Note which of the identities stand as quarantined and were never loaded."""
        for identity in identities:
            standing = self.standings[identity]
            if standing.status == "quarantined" and not standing.has_active_load:
                self._add(identity, Path(standing.path), "retracted", load_id=self.next_load_id())

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

    def _read_standings(self, run_id: str | None) -> dict[Identity, Standing]:
        rows = self._connection.execute(
            """
            select
                kind, run_id, strategy, param_hash, dataset,
                file_path, status, file_sha256, settings, reason_code, reason, line_number,
                coalesce(
                    arg_max(status, load_id) filter (status in ('loaded', 'retracted'))
                        over (partition by kind, run_id, strategy, param_hash, dataset)
                    = 'loaded',
                    false
                ) as has_active_load,
                file_stamp
            from raw.files
            where run_id is null or run_id = ?
            qualify row_number() over (
                partition by kind, run_id, strategy, param_hash, dataset
                order by load_id desc
            ) = 1
            """,
            [run_id],
        ).fetchall()
        return {Identity(*row[:5]): Standing(*row[5:]) for row in rows}
