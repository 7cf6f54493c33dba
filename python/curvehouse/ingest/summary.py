"""What the ledger of files comes to: counts by kind, by fault and by batch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb

from curvehouse.ingest.standings import standings_sql

__all__ = ["BatchCounts", "FileCounts", "LedgerSummary", "ReasonCount", "RowsPutRight", "summarise"]

_LAST_BATCHES = 5

_FILES = f"""
    select
        kind,
        count(active_load_id),
        sum(greatest(load_count - 1, 0))::bigint,
        count(*) filter (decision = 'retracted'),
        count(*) filter (status = 'quarantined')
    from ({standings_sql()})
    group by kind
    having count(decision) > 0 or bool_or(status = 'quarantined')
    order by kind
"""
_REASONS = f"""
    select reason_code, count(*)
    from ({standings_sql()})
    where status = 'quarantined'
    group by reason_code
    order by count(*) desc, reason_code
"""
_LANDED = f"""
    select
        count(distinct run_id) filter (where kind in ('equity', 'trades', 'manifest')),
        count(distinct backtest_id) filter (where kind in ('equity', 'trades'))
    from ({standings_sql()})
    where active_load_id is not null
"""
_PUT_RIGHT = f"""
    select
        count(*),
        coalesce(sum(duplicate_row_count), 0)::bigint,
        coalesce(sum(reordered_row_count), 0)::bigint
    from raw.files
    where
        load_id in (select active_load_id from ({standings_sql()}))
        and duplicate_row_count + reordered_row_count > 0
"""
_BATCHES = f"""
    select
        loaded_at,
        coalesce(run_id, dataset, file_path),
        count(*) filter (status = 'loaded'),
        count(*) filter (status = 'quarantined'),
        count(*) filter (status = 'retracted')
    from raw.files
    where status in ('loaded', 'quarantined', 'retracted')
    group by loaded_at, coalesce(run_id, dataset, file_path)
    order by max(load_id) desc
    limit {_LAST_BATCHES}
"""


@dataclass(frozen=True)
class FileCounts:
    """Files of one kind, by how they stand; one may be both in force and in quarantine.

    Attributes
    ----------
    in_force : int
        Files whose latest load the tables show.
    superseded : int
        Loads that a later load of the same file replaced.
    retracted : int
        Files that were taken out by command.
    quarantined : int
        Files of which a version was refused, and not replaced since.
    """

    kind: str
    in_force: int
    superseded: int
    retracted: int
    quarantined: int


@dataclass(frozen=True)
class ReasonCount:
    """Files in quarantine for one reason."""

    reason_code: str
    quarantined: int


@dataclass(frozen=True)
class RowsPutRight:
    """What was put right in files in force: copies of rows left out, rows put in order."""

    file_count: int = 0
    duplicate_row_count: int = 0
    reordered_row_count: int = 0


@dataclass(frozen=True)
class BatchCounts:
    """What became of files that were noted together; ``subject`` is their run or data set."""

    loaded_at: datetime
    subject: str
    loaded: int
    quarantined: int
    retracted: int


@dataclass(frozen=True)
class LedgerSummary:
    """The ledger in numbers; ``batches`` are the last ones, newest first."""

    files: tuple[FileCounts, ...] = ()
    reasons: tuple[ReasonCount, ...] = ()
    put_right: RowsPutRight = RowsPutRight()
    batches: tuple[BatchCounts, ...] = ()
    run_count: int = 0
    backtest_count: int = 0


def summarise(connection: duckdb.DuckDBPyConnection) -> LedgerSummary:
    """Return the ledger in numbers; nothing where there is none yet."""
    try:
        files = connection.execute(_FILES).fetchall()
    except duckdb.CatalogException:
        return LedgerSummary()
    ((run_count, backtest_count),) = connection.execute(_LANDED).fetchall()
    return LedgerSummary(
        files=tuple(FileCounts(*row) for row in files),
        reasons=tuple(ReasonCount(*row) for row in connection.execute(_REASONS).fetchall()),
        put_right=RowsPutRight(*connection.execute(_PUT_RIGHT).fetchall()[0]),
        batches=tuple(BatchCounts(*row) for row in connection.execute(_BATCHES).fetchall()),
        run_count=run_count,
        backtest_count=backtest_count,
    )
