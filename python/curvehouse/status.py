"""What a home holds: what was loaded, built and published, and whether it all belongs together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb

from curvehouse.build.records import BuildRecord, read_state, reading_working_file
from curvehouse.errors import BusyError, PublishError
from curvehouse.home import Home
from curvehouse.lock import writers_paused
from curvehouse.publish.folders import current_publication
from curvehouse.storage import telling_storage_faults

__all__ = ["FileCounts", "PublishedStatus", "Status", "WorkingStatus", "read_status"]

# The standing of a file is its latest row; `cleared` rows say that a quarantine has ended.
_FILES = """
    with standing as (
        select kind, run_id, backtest_id, status
        from raw.files
        qualify row_number() over (
            partition by kind, run_id, strategy, param_hash, dataset
            order by load_id desc
        ) = 1
    ),

    active as (
        select kind, run_id, backtest_id
        from raw.files
        where status in ('loaded', 'retracted')
        qualify row_number() over (
            partition by kind, run_id, strategy, param_hash, dataset
            order by load_id desc
        ) = 1 and status = 'loaded'
    )
"""
_COUNTS = f"""
    {_FILES}

    select
        kind,
        count(*) filter (where is_active) as loaded,
        count(*) filter (where not is_active) as quarantined
    from (
        select kind, true as is_active from active
        union all
        select kind, false as is_active from standing where status = 'quarantined'
    )
    group by kind
    order by kind
"""
_LANDED = f"""
    {_FILES}

    select
        count(distinct run_id) filter (where kind in ('equity', 'trades', 'manifest')),
        count(distinct backtest_id) filter (where kind in ('equity', 'trades'))
    from active
"""


@dataclass(frozen=True)
class FileCounts:
    """Files of one kind: those in force, and those in quarantine."""

    kind: str
    loaded: int
    quarantined: int


@dataclass(frozen=True)
class WorkingStatus:
    """What the working file says of itself."""

    last_loaded_at: datetime | None
    files: tuple[FileCounts, ...]
    run_count: int
    backtest_count: int
    last_build: BuildRecord | None


@dataclass(frozen=True)
class PublishedStatus:
    """What readers see, as of which build."""

    path: str
    publication_id: str
    published_at: datetime
    built_at: datetime
    byte_count: int
    row_counts: dict[str, int]


@dataclass(frozen=True)
class Status:
    """The state of a home.

    Attributes
    ----------
    home : str
        Its folder.
    writer : str or None
        Who is writing to it now.
    is_readable : bool
        False while a writer has the working file open, so that ``working`` is unknown.
    working : WorkingStatus or None
        None where there is no working file yet, or it can't be read now.
    published : PublishedStatus or None
        None where nothing is published.
    hint : str or None
        What to do next, where something is to be done.
    """

    home: str
    writer: str | None
    is_readable: bool
    working: WorkingStatus | None
    published: PublishedStatus | None
    hint: str | None


def read_status(home: Home) -> Status:
    """Return the state of ``home``; it works while a build is running, and changes nothing."""
    with telling_storage_faults(home), writers_paused(home) as writer:
        is_readable, working = writer is None, None
        try:
            working = _read_working(home) if is_readable else None
        except BusyError:
            is_readable = False
    published = _read_published(home)
    hint = _hint(working, published) if is_readable else None
    return Status(str(home.root), writer, is_readable, working, published, hint)


def _read_working(home: Home) -> WorkingStatus | None:
    if not home.working_file.exists():
        return None
    with reading_working_file(home) as connection:
        state = read_state(connection)
        try:
            counts = connection.execute(_COUNTS).fetchall()
            ((run_count, backtest_count),) = connection.execute(_LANDED).fetchall()
        except duckdb.CatalogException:
            counts, run_count, backtest_count = [], 0, 0
    return WorkingStatus(
        last_loaded_at=state.last_loaded_at,
        files=tuple(FileCounts(*row) for row in counts),
        run_count=run_count,
        backtest_count=backtest_count,
        last_build=state.last_build,
    )


def _read_published(home: Home) -> PublishedStatus | None:
    try:
        publication = current_publication(home)
    except PublishError:
        return None
    if publication is None:
        return None
    return PublishedStatus(
        path=str(home.published_file),
        publication_id=publication.publication_id,
        published_at=publication.published_at,
        built_at=datetime.fromisoformat(publication.built_at),
        byte_count=home.published_file.stat().st_size,
        row_counts=publication.row_counts,
    )


def _hint(working: WorkingStatus | None, published: PublishedStatus | None) -> str | None:
    if working is None or working.last_loaded_at is None:
        return "Nothing is loaded yet: `curvehouse demo`, or `curvehouse ingest runs PATH`."
    build = working.last_build
    if build is None:
        return "Nothing is built yet: `curvehouse build`."
    if working.last_loaded_at >= build.finished_at:
        return "Files were loaded after the last build: `curvehouse build`."
    if not build.is_clean_and_whole:
        return "The last dbt command was no clean build of everything: `curvehouse build`."
    if published is None or published.built_at < build.finished_at:
        return "The last build is not published: `curvehouse publish`."
    return None
