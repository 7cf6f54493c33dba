"""What a run folder says about itself: its manifest and its plan."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from curvehouse.errors import InvalidInputError
from curvehouse.ingest.folder import JOBS_NAME, MANIFEST_NAME, is_inside
from curvehouse.ingest.jobs import JobsFile, parse_jobs
from curvehouse.ingest.manifest import Manifest, parse_manifest
from curvehouse.readers.content import MAX_BYTES
from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.probe import read_file

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


def read_plan(folder: Path, *, max_bytes: int = MAX_BYTES) -> RunPlan:
    """Read the two files that a run can't be loaded without.

    Raises
    ------
    FaultyFileError
        When the manifest can't be used, or is not about this folder's files.
    InvalidInputError
        When there is no plan, because the sweep was cut off.
    """
    manifest = parse_manifest(
        _bytes_inside(folder, MANIFEST_NAME, max_bytes), folder / MANIFEST_NAME
    )
    if not (folder / JOBS_NAME).exists():
        raise InvalidInputError(
            f"{folder} holds a sweep that has not finished (it has no {JOBS_NAME}): run the sweep "
            "again, it goes on where it stopped, and ingest it then."
        )
    jobs = parse_jobs(_bytes_inside(folder, JOBS_NAME, max_bytes), folder / JOBS_NAME)
    plan = RunPlan(folder, manifest, jobs)
    _check_folder(plan)
    _check_jobs(plan)
    return plan


def _check_folder(plan: RunPlan) -> None:
    """Refuse a folder that is not named after its run, as a copy made for changes is not."""
    name = plan.folder.resolve().name
    if name != plan.manifest.run_id:
        raise _mismatch(
            plan,
            f"has the run_id {plan.manifest.run_id!r} and lies in a folder {name!r}; name the "
            "folder after the run, or give a copy a run_id of its own",
        )


def _check_jobs(plan: RunPlan) -> None:
    """Refuse a manifest that plans other jobs than are listed.

    Parameters and seeds are left alone: jobs may rightly have some that the grid does not name.
    """
    content, jobs = plan.manifest.content, plan.jobs
    # A line that can't be read may be a job or not.
    least, most = len(jobs.jobs), len(jobs.jobs) + len(jobs.line_faults)
    if content.total_jobs is not None and not least <= content.total_jobs <= most:
        raise _mismatch(
            plan,
            f"has total_jobs {content.total_jobs}, but {JOBS_NAME} lists {least}; run the sweep "
            "again, or mend the number",
        )
    unlisted = sorted({job.strategy for job in jobs.jobs} - set(content.strategies or ()))
    if content.strategies and unlisted:
        raise _mismatch(
            plan,
            f"does not name the strategy {unlisted[0]!r}, of which {JOBS_NAME} lists jobs; run "
            "the sweep again, or add it to strategies",
        )


def _mismatch(plan: RunPlan, reason: str) -> FaultyFileError:
    fault = FaultyFileError(ReasonCode.MANIFEST_MISMATCH, reason, path=plan.manifest_path)
    fault.sha256, fault.byte_count = plan.manifest.sha256, plan.manifest.byte_count
    return fault


def _bytes_inside(folder: Path, name: str, max_bytes: int) -> bytes:
    path = folder / name
    if not is_inside(path, folder):
        reason = "is a link that leads out of the run folder; copy the file into it"
        raise FaultyFileError(ReasonCode.PATH_OUTSIDE_FOLDER, reason, path=path)
    return read_file(path, max_bytes=max_bytes).data
