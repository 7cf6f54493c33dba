"""Going back to an earlier publication, and what later builds make of that.

The publication that was gone back from is *withdrawn*: its record says so, and its file stays. For
as long as an older one is in force, a build that makes the same again is not published, because
that would undo the rollback without anybody having said so; a build of anything else is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import duckdb

from curvehouse.errors import PublishError
from curvehouse.home import DATABASE_NAME, Home
from curvehouse.lock import writer_lock
from curvehouse.publish.checks import require_no_log, row_counts_in
from curvehouse.publish.folders import folder_of, forget_unfinished, whole_publications
from curvehouse.publish.links import current_publication, flip
from curvehouse.publish.publication import Publication, write_record

__all__ = ["Rollback", "put_in_force", "roll_back", "take_current", "withdrawn_since"]


@dataclass(frozen=True)
class Rollback:
    """From which publication to which a rollback went."""

    withdrawn_id: str
    in_force: Publication


def roll_back(home: Home) -> Rollback:
    """Put the publication before the one in force back in its place.

    Those that were withdrawn before, and those of the same content, are passed over.

    Raises
    ------
    PublishError
        When there is none, or it is not whole; the link stays as it was.
    BusyError
        When another process is writing to the home.
    """
    if not home.published_file.is_symlink():
        raise PublishError(
            f"nothing is published in {home.root}, so there is nothing to go back from. "
            "Run `curvehouse build`."
        )
    with writer_lock(home, "curvehouse publish --rollback"):
        current = take_current(home)
        # The link says which it is also where its record or its file is gone.
        current_id = home.published_file.resolve().parent.name
        earlier = _earlier(home, current_id, current)
        _require_whole(home, earlier)
        if current is not None:
            withdrawn = replace(current, withdrawn_at=datetime.now(UTC).isoformat())
            write_record(folder_of(home, current), withdrawn)
        flip(home, folder_of(home, earlier))
    return Rollback(current_id, earlier)


def take_current(home: Home) -> Publication | None:
    """Return the publication in force, when what killed processes left has been cleared away.

    The caller holds the writer lock.
    """
    forget_unfinished(home)
    current = current_publication(home)
    if current is not None and current.withdrawn_at:
        # The rollback was killed before it came to the link.
        current = replace(current, withdrawn_at=None)
        write_record(folder_of(home, current), current)
    return current


def withdrawn_since(home: Home, current: Publication | None) -> list[Publication]:
    """Return the publications that were gone back from to the one in force, newest first."""
    if current is None:
        return []
    return [
        publication
        for publication in whole_publications(home)
        if publication.withdrawn_at and publication.publication_id > current.publication_id
    ]


def put_in_force(home: Home, publication: Publication) -> Publication:
    """Put a withdrawn publication back in force, and undo all rollbacks that led past it."""
    _require_whole(home, publication)
    undone = [
        other
        for other in withdrawn_since(home, current_publication(home))
        if other.publication_id <= publication.publication_id
    ]
    flip(home, folder_of(home, publication))
    for other in undone:
        write_record(folder_of(home, other), replace(other, withdrawn_at=None))
    return replace(publication, withdrawn_at=None)


def _earlier(home: Home, current_id: str, current: Publication | None) -> Publication:
    for publication in whole_publications(home):
        is_older = publication.publication_id < current_id
        is_other = current is None or publication.fingerprint != current.fingerprint
        if is_older and is_other and not publication.withdrawn_at:
            return publication
    raise PublishError(
        f"there is no publication before {current_id} to go back to; it stays in force."
    )


def _require_whole(home: Home, publication: Publication) -> None:
    folder = folder_of(home, publication)
    require_no_log(folder)
    try:
        found = row_counts_in(folder / DATABASE_NAME)
    except duckdb.Error as error:
        reason = str(error).strip().splitlines()[0]
    else:
        if publication.row_counts.items() <= found.items():
            return
        reason = "its tables are not those of its record"
    raise PublishError(
        f"{folder} is damaged ({reason}); what is published stays as it was. Remove that folder "
        "and run this command again."
    )
