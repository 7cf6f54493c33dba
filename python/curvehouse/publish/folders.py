"""The folders of publications: how one is sealed, and which ones stay."""

from __future__ import annotations

import re
import shutil
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from curvehouse.disk import sync
from curvehouse.errors import PublishError
from curvehouse.home import DATABASE_NAME, Home
from curvehouse.publish.links import forget_unfinished_links
from curvehouse.publish.publication import (
    ID_FORMAT,
    PARQUET_FOLDER,
    UNFINISHED_RECORD,
    Publication,
    read_record,
    write_record,
)

__all__ = [
    "INCOMING",
    "folder_of",
    "forget_unfinished",
    "new_publication_id",
    "prune",
    "seal",
    "whole_publications",
]

KEPT = 3
INCOMING = ".incoming-"
OUTGOING = ".outgoing-"

_ID = re.compile(r"\d{8}T\d{6}\.\d{6}Z")


def folder_of(home: Home, publication: Publication) -> Path:
    """Return the folder of a publication."""
    return home.publications / publication.publication_id


def whole_publications(home: Home) -> list[Publication]:
    """Return the publications that have their file and their record, newest first."""
    found = []
    for name in sorted(_ids(home), reverse=True):
        folder = home.publications / name
        record = read_record(folder)
        # A folder that somebody copied has the record of another.
        is_own = record is not None and record.publication_id == name
        if record is not None and is_own and (folder / DATABASE_NAME).is_file():
            found.append(record)
    return found


def new_publication_id(home: Home, now: datetime | None = None) -> str:
    """Return an id for the present time that sorts after those that are there."""
    moment = now or datetime.now(UTC)
    newest = max(_ids(home), default=None)
    if newest is not None:
        last = datetime.strptime(newest, ID_FORMAT).replace(tzinfo=UTC)
        moment = max(moment, last + timedelta(microseconds=1))
    return moment.strftime(ID_FORMAT)


def seal(home: Home, incoming: Path, publication: Publication) -> Path:
    """Make a written folder durable and read-only, and give it its name."""
    database = incoming / DATABASE_NAME
    wanted = {DATABASE_NAME, *([PARQUET_FOLDER] if publication.has_parquet else [])}
    stray = {path.name for path in incoming.iterdir()} - wanted
    if stray:
        raise PublishError(f"{database} was not closed clean: {', '.join(sorted(stray))} remains.")
    for file in (database, *sorted(incoming.glob(f"{PARQUET_FOLDER}/*"))):
        file.chmod(0o444)
        sync(file)
    if publication.has_parquet:
        sync(incoming / PARQUET_FOLDER)
    write_record(incoming, publication)
    folder = folder_of(home, publication)
    incoming.rename(folder)
    sync(home.publications)
    return folder


def forget_unfinished(home: Home) -> None:
    """Remove what a publisher that was killed has left; the caller holds the writer lock."""
    forget_unfinished_links(home)
    for prefix in (INCOMING, OUTGOING):
        for folder in home.publications.glob(f"{prefix}*"):
            shutil.rmtree(folder)
    for record in home.publications.glob(f"*/{UNFINISHED_RECORD}"):
        record.unlink()


def prune(home: Home) -> None:
    """Keep three publications, and what isn't ours.

    The one in force stays, then those that can be gone back to, newest first, then those that
    were gone back from.
    """
    in_force = home.published_file.resolve().parent.name
    withdrawn = {
        record.publication_id for record in whole_publications(home) if record.withdrawn_at
    }
    ranked = sorted(
        _ids(home),
        key=lambda name: (name == in_force, name not in withdrawn, name),
        reverse=True,
    )
    for publication_id in ranked[KEPT:]:
        outgoing = home.publications / f"{OUTGOING}{publication_id}"
        # What can't be removed is no reason to fail: the new one is published.
        with suppress(OSError):
            (home.publications / publication_id).rename(outgoing)
            shutil.rmtree(outgoing)


def _ids(home: Home) -> list[str]:
    if not home.publications.is_dir():
        return []
    return [path.name for path in home.publications.iterdir() if _ID.fullmatch(path.name)]
