"""Publishing: the marts of a clean build, in a file that readers open and nobody writes."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from curvehouse.errors import PublishError
from curvehouse.home import Home
from curvehouse.lock import writer_lock
from curvehouse.project import project_dir
from curvehouse.publish.links import current_publication
from curvehouse.publish.publication import Publication
from curvehouse.publish.rollback import Rollback, roll_back

__all__ = [
    "Publication",
    "PublishResult",
    "Rollback",
    "current_publication",
    "publish",
    "publish_under_lock",
    "roll_back",
]


@dataclass(frozen=True)
class PublishResult:
    """What is published after a publish.

    Attributes
    ----------
    path : Path
        The link that readers open.
    publication_id : str
        The publication that has the content: the time it was made, in UTC.
    is_new : bool
        False when the marts were published already, with the same content.
    row_counts : dict
        Rows by mart.
    built_at : datetime
        When the build that has this content finished, in UTC without a time zone.
    has_parquet : bool
        Whether the tables lie beside the file as Parquet.
    in_force_id : str
        The publication that readers get: this one, unless it was rolled back and stays so.
    former_id : str or None
        The publication that readers got before.
    """

    path: Path
    publication_id: str
    is_new: bool
    row_counts: dict[str, int]
    built_at: datetime
    has_parquet: bool
    in_force_id: str
    former_id: str | None


def publish(
    home: Home,
    *,
    project: Path | None = None,
    parquet: bool | None = None,
    spark_folder: Path | None = None,
) -> PublishResult:
    """Publish the marts of the last build in ``home``, or of one on Spark.

    Parameters
    ----------
    home : Home
        The warehouse.
    project : Path, optional
        The dbt project, where it is not the one that came with the package.
    parquet : bool, optional
        Whether to publish the tables as Parquet too; by default as before.
    spark_folder : Path, optional
        Where a build on Spark left its marts.

    Raises
    ------
    PublishError
        When the last build isn't clean, whole and newer than the last ingest, or the file can't
        be written; what is published stays as it was.
    BusyError
        When another process is writing to the home.
    """
    with writer_lock(home, "curvehouse publish") as lock:
        return publish_under_lock(
            home, lock, project=project, parquet=parquet, spark_folder=spark_folder
        )


def publish_under_lock(
    home: Home,
    lock: int,
    *,
    project: Path | None = None,
    parquet: bool | None = None,
    keeps_rollback: bool = False,
    spark_folder: Path | None = None,
) -> PublishResult:
    """Publish for a caller that holds the writer lock, whose descriptor is ``lock``.

    With ``keeps_rollback``, an older publication stays in force where it was gone back to from the
    content that would be published.
    """
    former = current_publication(home)
    folder = project_dir() if project is None else project.absolute()
    options: dict[str, Any] = {"parquet": parquet, "keeps_rollback": keeps_rollback}
    if spark_folder is not None:
        options["spark_folder"] = str(spark_folder.absolute())
    outcome = _write(home, folder, options, lock)
    if "error" in outcome:
        raise PublishError(outcome["error"])
    publication = Publication(**outcome["publication"])
    in_force = current_publication(home) or publication
    return PublishResult(
        path=home.published_file,
        publication_id=publication.publication_id,
        is_new=outcome["is_new"],
        row_counts=publication.row_counts,
        built_at=publication.finished_at,
        has_parquet=publication.has_parquet,
        in_force_id=in_force.publication_id,
        former_id=None if former is None else former.publication_id,
    )


def _write(home: Home, project: Path, options: dict[str, Any], lock: int) -> dict[str, Any]:
    writer = [sys.executable, "-P", "-m", "curvehouse.publish.writer"]
    ended = subprocess.run(  # noqa: S603 - the interpreter that runs now
        [*writer, str(home.root), str(project), json.dumps(options)],
        pass_fds=[lock],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        outcome: dict[str, Any] = json.loads(ended.stdout)
    except ValueError:
        said = (ended.stderr.strip().splitlines() or [f"it ended with code {ended.returncode}"])[-1]
        raise PublishError(
            f"the publishing process broke off ({said}); what is published stays as it was. "
            "Run `curvehouse publish` again."
        ) from None
    return outcome
