"""What a run folder says about itself: its manifest and its plan."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from curvehouse.errors import InvalidInputError
from curvehouse.ingest.folder import JOBS_NAME, MANIFEST_NAME, is_inside
from curvehouse.ingest.jobs import JobsFile, parse_jobs
from curvehouse.ingest.manifest import Manifest, parse_manifest
from curvehouse.readers.faults import FaultyFileError, ReasonCode

__all__ = ["RunPlan", "read_plan"]


@dataclass(frozen=True)
class RunPlan:
    """A run folder's manifest and jobs, both readable."""

    folder: Path
    manifest: Manifest
    jobs: JobsFile

    @property
    def manifest_path(self) -> Path:
        """Where the manifest is."""
        return self.folder / MANIFEST_NAME

    @property
    def jobs_path(self) -> Path:
        """Where the plan is."""
        return self.folder / JOBS_NAME


def read_plan(folder: Path) -> RunPlan:
    """Read the two files that a run can't be loaded without.

    Raises
    ------
    FaultyFileError
        When the manifest can't be used.
    InvalidInputError
        When there is no plan, because the sweep was cut off.
    """
    manifest = parse_manifest(_bytes_inside(folder, MANIFEST_NAME), folder / MANIFEST_NAME)
    if not (folder / JOBS_NAME).exists():
        raise InvalidInputError(
            f"{folder} holds a sweep that has not finished (it has no {JOBS_NAME}): run the sweep "
            "again, it goes on where it stopped, and ingest it then."
        )
    jobs = parse_jobs(_bytes_inside(folder, JOBS_NAME), folder / JOBS_NAME)
    return RunPlan(folder, manifest, jobs)


def _bytes_inside(folder: Path, name: str) -> bytes:
    path = folder / name
    if not is_inside(path, folder):
        reason = "is a link that leads out of the run folder; copy the file into it"
        raise FaultyFileError(ReasonCode.PATH_OUTSIDE_FOLDER, reason, path=path)
    try:
        if not path.is_file():
            raise FaultyFileError(ReasonCode.UNREADABLE, "is not a regular file", path=path)
        return path.read_bytes()
    except OSError as error:
        reason = f"can't be read ({error.strerror})"
        raise FaultyFileError(ReasonCode.UNREADABLE, reason, path=path) from error
