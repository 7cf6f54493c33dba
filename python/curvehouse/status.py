"""What a home holds: what was loaded, built and published, and whether it all belongs together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from curvehouse.build_records import BuildRecord, read_state, reading_working_file
from curvehouse.errors import BusyError, PublishError
from curvehouse.home import Home
from curvehouse.ingest.summary import LedgerSummary, summarise
from curvehouse.lock import writers_paused
from curvehouse.publish.links import current_publication
from curvehouse.publish.publication import PARQUET_FOLDER
from curvehouse.publish.rollback import withdrawn_since
from curvehouse.raw import are_raw_tables_older
from curvehouse.storage import telling_storage_faults

__all__ = ["PublishedStatus", "Status", "WorkingStatus", "read_status"]


@dataclass(frozen=True)
class WorkingStatus:
    """What the working file says of itself; the ledger of an older version is not read."""

    last_loaded_at: datetime | None
    ledger: LedgerSummary
    last_build: BuildRecord | None
    is_older: bool = False


@dataclass(frozen=True)
class PublishedStatus:
    """What readers see, as of which build, which may have been made elsewhere.

    Attributes
    ----------
    path, parquet_path : str
        The link to the file; the folder of Parquet files, or None where there are none.
    publication_id : str
        The publication in force.
    published_at, built_at : datetime
        When it was made, and when the build that has its content finished.
    byte_count : int
        The size of the file.
    row_counts : dict
        Rows by mart.
    rolled_back_from : str or None
        The newer publication that was gone back from, until a build makes something else.
    """

    path: str
    parquet_path: str | None
    publication_id: str
    published_at: datetime
    built_at: datetime
    byte_count: int
    row_counts: dict[str, int]
    rolled_back_from: str | None

    def is_built_elsewhere(self, build: BuildRecord | None, last_loaded_at: datetime) -> bool:
        """Whether another build than the last one here made it, of all that is loaded here."""
        is_newer = build is None or self.built_at > build.finished_at
        return is_newer and self.built_at > last_loaded_at


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
        is_older = are_raw_tables_older(connection)
        ledger = LedgerSummary() if is_older else summarise(connection)
        return WorkingStatus(state.last_loaded_at, ledger, state.last_build, is_older)


def _read_published(home: Home) -> PublishedStatus | None:
    try:
        publication = current_publication(home)
    except PublishError:
        return None
    if publication is None:
        return None
    newer = [
        other.publication_id
        for other in withdrawn_since(home, publication)
        if other.built_at >= publication.built_at
    ]
    return PublishedStatus(
        path=str(home.published_file),
        parquet_path=str(home.current / PARQUET_FOLDER) if publication.has_parquet else None,
        publication_id=publication.publication_id,
        published_at=publication.published_at,
        built_at=publication.finished_at,
        byte_count=home.published_file.stat().st_size,
        row_counts=publication.row_counts,
        rolled_back_from=next(iter(newer), None),
    )


def _hint(working: WorkingStatus | None, published: PublishedStatus | None) -> str | None:
    if working is None or working.last_loaded_at is None:
        if published is not None:
            return None
        return "Nothing is loaded yet: `curvehouse demo`, or `curvehouse ingest runs PATH`."
    if working.is_older:
        return "An older Curvehouse loaded the files: `curvehouse build` brings them up to date."
    last_build, last_loaded_at = working.last_build, working.last_loaded_at
    if published is not None and published.is_built_elsewhere(last_build, last_loaded_at):
        return None
    return _hint_after_loading(last_loaded_at, last_build, published)


def _hint_after_loading(
    last_loaded_at: datetime, build: BuildRecord | None, published: PublishedStatus | None
) -> str | None:
    if build is None:
        return "Nothing is built yet: `curvehouse build`."
    if last_loaded_at >= build.finished_at:
        return "Files were loaded after the last build: `curvehouse build`."
    if not build.is_clean_and_whole:
        return "The last dbt command was no clean build of everything: `curvehouse build`."
    if published is not None and published.rolled_back_from is not None:
        return "An older publication is in force: `curvehouse publish` ends the rollback."
    if published is None or published.built_at < build.finished_at:
        return "The last build is not published: `curvehouse publish`."
    return None
