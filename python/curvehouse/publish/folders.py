"""The folders of publications, and the link that says which one readers open."""

from __future__ import annotations

import json
import re
import shutil
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from curvehouse.disk import sync
from curvehouse.errors import PublishError
from curvehouse.home import DATABASE_NAME, Home

__all__ = [
    "Publication",
    "current_publication",
    "flip_link",
    "forget_unfinished",
    "new_publication_id",
    "prune",
    "seal",
    "write_record",
]

KEPT = 3
INCOMING = ".incoming-"
OUTGOING = ".outgoing-"

_FORMAT = "%Y%m%dT%H%M%S.%fZ"
_ID = re.compile(r"\d{8}T\d{6}\.\d{6}Z")
_RECORD = "publication.json"


@dataclass(frozen=True)
class Publication:
    """What a publication folder says of its file.

    Attributes
    ----------
    publication_id : str
        The time it was made, in UTC; ids sort by time.
    fingerprint : str
        Of the content of all marts, and of the table macros.
    invocation_id : str
        The last build that had this content.
    built_at : str
        When that build finished, in UTC.
    row_counts : dict
        Rows by mart.
    macros_fingerprint : str
        Of the table macros beside the marts.
    """

    publication_id: str
    fingerprint: str
    invocation_id: str
    built_at: str
    row_counts: dict[str, int]
    macros_fingerprint: str = ""

    @property
    def published_at(self) -> datetime:
        """When it was made, in UTC without a time zone."""
        return datetime.strptime(self.publication_id, _FORMAT)


def current_publication(home: Home) -> Publication | None:
    """Return what the link points to, or None when nothing whole is published.

    Raises
    ------
    PublishError
        When something else than our link is in its place.
    """
    if not home.published_file.is_symlink():
        if home.published_file.exists():
            raise PublishError(
                f"{home.published_file} is not the link that `curvehouse publish` makes; "
                "move it elsewhere first."
            )
        return None
    folder = home.published_file.resolve().parent
    try:
        record = Publication(**json.loads((folder / _RECORD).read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return record if home.published_file.exists() else None


def new_publication_id(home: Home, now: datetime | None = None) -> str:
    """Return an id for the present time that sorts after those that are there."""
    moment = now or datetime.now(UTC)
    newest = max(_publications(home), default=None)
    if newest is not None:
        last = datetime.strptime(newest, _FORMAT).replace(tzinfo=UTC)
        moment = max(moment, last + timedelta(microseconds=1))
    return moment.strftime(_FORMAT)


def write_record(folder: Path, publication: Publication) -> None:
    """Put the record beside the file, in one step, in place of an earlier one."""
    temporary = folder / f".{_RECORD}"
    temporary.write_text(json.dumps(asdict(publication), indent=2) + "\n")
    sync(temporary)
    temporary.replace(folder / _RECORD)
    sync(folder)


def seal(home: Home, incoming: Path, publication: Publication) -> Path:
    """Make a written folder durable and read-only, and give it its name."""
    database = incoming / DATABASE_NAME
    stray = [path.name for path in incoming.iterdir() if path.name != DATABASE_NAME]
    if stray:
        raise PublishError(f"{database} was not closed clean: {', '.join(sorted(stray))} remains.")
    database.chmod(0o444)
    sync(database)
    write_record(incoming, publication)
    folder = home.publications / publication.publication_id
    incoming.rename(folder)
    sync(home.publications)
    return folder


def flip_link(home: Home, folder: Path) -> None:
    """Point the link at a publication; a reader sees the old one or the new one."""
    temporary = _temporary_link(home)
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(Path(folder.parent.name) / folder.name / DATABASE_NAME)
    temporary.replace(home.published_file)
    sync(home.root)


def forget_unfinished(home: Home) -> None:
    """Remove what a publisher that was killed has left; the caller holds the writer lock."""
    _temporary_link(home).unlink(missing_ok=True)
    for prefix in (INCOMING, OUTGOING):
        for folder in home.publications.glob(f"{prefix}*"):
            shutil.rmtree(folder)
    for record in home.publications.glob(f"*/.{_RECORD}"):
        record.unlink()


def prune(home: Home) -> None:
    """Remove publications beyond the newest ones, never the current one or what isn't ours."""
    current = home.published_file.resolve().parent.name
    for publication_id in sorted(_publications(home), reverse=True)[KEPT:]:
        if publication_id != current:
            outgoing = home.publications / f"{OUTGOING}{publication_id}"
            # What can't be removed is no reason to fail: the new one is published.
            with suppress(OSError):
                (home.publications / publication_id).rename(outgoing)
                shutil.rmtree(outgoing)


def _publications(home: Home) -> list[str]:
    if not home.publications.is_dir():
        return []
    return [path.name for path in home.publications.iterdir() if _ID.fullmatch(path.name)]


def _temporary_link(home: Home) -> Path:
    return home.root / f".{DATABASE_NAME}.new"
