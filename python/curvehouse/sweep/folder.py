"""A run's folder on disk: who may write to it, and how a file gets there whole.

The manifest is written first and jobs.jsonl last, so a folder without jobs.jsonl is one whose sweep
was cut off.
"""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from curvehouse.errors import BusyError, CurvehouseError, InvalidInputError, UsageError
from curvehouse.sweep.files import jobs_jsonl, manifest_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from curvehouse.sweep.plan import Job

__all__ = ["RunFolder", "open_run_folder"]

_MANIFEST = "batch_run_manifest.json"
_JOBS = "jobs.jsonl"
_UNFINISHED = ".tmp"
_FINGERPRINTS = {"spec_sha256": "sweep spec", "bars_sha256": "bars"}


class RunFolder:
    """The folder of one run, held by this process; see `open_run_folder`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._made: set[Path] = set()

    @property
    def is_finished(self) -> bool:
        """Whether a sweep has run to its end here."""
        return (self.path / _JOBS).is_file()

    def begin(self, manifest: Mapping[str, Any]) -> None:
        """Write the manifest, keeping the ``created_at`` of an earlier start."""
        earlier = _read_manifest(self.path) or {}
        created_at = earlier.get("created_at", manifest["created_at"])
        content = manifest_json({**manifest, "created_at": created_at})
        _write(self.path / _MANIFEST, content)

    def write_job(self, job: Job, *, equity: bytes | None, trades: bytes | None) -> None:
        """Write a job's curve and trades; None removes what an earlier start left."""
        folder = self.path / job.strategy
        if folder not in self._made:
            _make_folder(folder)
            self._made.add(folder)
        for kind, content in (("equity", equity), ("trades", trades)):
            path = folder / f"{job.param_hash}_{kind}.csv"
            if content is None:
                path.unlink(missing_ok=True)
            else:
                _write(path, content)

    def finish(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write the list of jobs, which marks the folder as finished."""
        _write(self.path / _JOBS, jobs_jsonl(rows))

    def job_statuses(self) -> list[str]:
        """Return the statuses of a finished run's jobs."""
        path = self.path / _JOBS
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
            return [str(json.loads(line)["status"]) for line in lines]
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise InvalidInputError(
                f"{path} is not a list of jobs; remove the file and run the sweep again."
            ) from error


@contextmanager
def open_run_folder(path: Path, manifest: Mapping[str, Any]) -> Iterator[RunFolder]:
    """Hold the folder of the run that ``manifest`` describes; make it where it is missing.

    Raises
    ------
    UsageError
        When the folder is another run's, or no run's, or can't be made.
    BusyError
        When another process is sweeping into it.
    """
    _make_folder(path)
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _lock(descriptor, path)
        _remove_unfinished(path)
        _check_same_run(path, manifest)
        yield RunFolder(path)
    finally:
        os.close(descriptor)


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"the folder {path} can't be made ({error.strerror}); choose another --results."
        ) from error


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise BusyError(
            f"another sweep is writing to {path}; wait until it has finished and run this again."
        ) from error
    except OSError:
        # Some network file systems have no locks on folders; there, two sweeps into one folder
        # write the same files.
        return


def _remove_unfinished(path: Path) -> None:
    for pattern in (f".*{_UNFINISHED}", f"*/.*{_UNFINISHED}"):
        for leftover in path.glob(pattern):
            leftover.unlink(missing_ok=True)


def _check_same_run(path: Path, manifest: Mapping[str, Any]) -> None:
    earlier = _read_manifest(path)
    if earlier is None:
        if any(path.iterdir()):
            raise UsageError(
                f"{path} is not empty and not a run's folder; choose another --results or run_id."
            )
        return
    for key, meaning in _FINGERPRINTS.items():
        if earlier.get(key) != manifest[key]:
            raise UsageError(
                f"{path} holds a run with another {meaning} ({key} differs in {_MANIFEST}); "
                "choose another run_id or --results, or remove that folder."
            )


def _read_manifest(path: Path) -> dict[str, Any] | None:
    file = path / _MANIFEST
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{file} is not a manifest; choose another run_id or --results, or remove that folder."
        ) from error
    return manifest if isinstance(manifest, dict) else {}


def _write(path: Path, content: bytes) -> None:
    """Put a file in place whole: readers see the old one, or none, until it is."""
    unfinished = path.with_name(f".{path.name}{_UNFINISHED}")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except OSError as error:
        raise CurvehouseError(
            f"{path} can't be written ({error.strerror}); make room or choose another --results, "
            "then run the sweep again."
        ) from error
