"""Publishing: the marts of a clean build, in a file that readers open and nobody writes."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from curvehouse.errors import PublishError
from curvehouse.home import Home
from curvehouse.lock import writer_lock
from curvehouse.project import project_dir
from curvehouse.publish.folders import Publication, current_publication

__all__ = [
    "Publication",
    "PublishResult",
    "current_publication",
    "publish",
    "publish_under_lock",
]


@dataclass(frozen=True)
class PublishResult:
    """What is published after a publish.

    Attributes
    ----------
    path : Path
        The link that readers open.
    publication_id : str
        The time the file was made, in UTC.
    is_new : bool
        False when the marts were published already, with the same content.
    row_counts : dict
        Rows by mart.
    built_at : datetime
        When the build that has this content finished, in UTC without a time zone.
    """

    path: Path
    publication_id: str
    is_new: bool
    row_counts: dict[str, int]
    built_at: datetime


def publish(home: Home, *, project: Path | None = None) -> PublishResult:
    """Publish the marts of the last build in ``home``.

    Parameters
    ----------
    home : Home
        The warehouse.
    project : Path, optional
        The dbt project, where it is not the one that came with the package.

    Raises
    ------
    PublishError
        When the last build isn't clean, whole and newer than the last ingest, or the file can't
        be written; what is published stays as it was.
    BusyError
        When another process is writing to the home.
    """
    with writer_lock(home, "curvehouse publish") as lock:
        return publish_under_lock(home, lock, project=project)


def publish_under_lock(home: Home, lock: int, *, project: Path | None = None) -> PublishResult:
    """Publish for a caller that holds the writer lock, whose descriptor is ``lock``."""
    folder = project_dir() if project is None else project.absolute()
    writer = [sys.executable, "-P", "-m", "curvehouse.publish.writer", str(home.root), str(folder)]
    ended = subprocess.run(  # noqa: S603 - the interpreter that runs now
        writer,
        pass_fds=[lock],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        outcome = json.loads(ended.stdout)
    except ValueError:
        said = (ended.stderr.strip().splitlines() or [f"it ended with code {ended.returncode}"])[-1]
        raise PublishError(
            f"the publishing process broke off ({said}); what is published stays as it was. "
            "Run `curvehouse publish` again."
        ) from None
    if "error" in outcome:
        raise PublishError(outcome["error"])
    publication = Publication(**outcome["publication"])
    return PublishResult(
        path=home.published_file,
        publication_id=publication.publication_id,
        is_new=outcome["is_new"],
        row_counts=publication.row_counts,
        built_at=datetime.fromisoformat(publication.built_at),
    )
