"""A run's folder on disk: who may write to it, and how what it holds is begun and finished.

The manifest is written first and jobs.jsonl last, so a folder without jobs.jsonl is one whose sweep
was cut off. In between, the journal says which blocks are finished.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from curvehouse.errors import BusyError, InvalidInputError, UsageError
from curvehouse.sweep.files import manifest_json
from curvehouse.sweep.journal import JOURNAL, Journal
from curvehouse.sweep.output import UNFINISHED, make_folder, put_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from curvehouse.sweep.blocks import Block

__all__ = ["RunFolder", "open_run_folder"]

_MANIFEST = "batch_run_manifest.json"
_JOBS = "jobs.jsonl"
# What must be the same, what it is called, and what it was before it had a key.
_IDENTITY = {
    "spec_sha256": ("sweep spec", None),
    "bars_sha256": ("bars", None),
    "format": ("format", "csv"),
}


class RunFolder:
    """The folder of one run, held by this process; see `open_run_folder`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def is_finished(self) -> bool:
        """Whether a sweep has run to its end here."""
        return (self.path / _JOBS).is_file()

    def begin(self, manifest: Mapping[str, Any]) -> None:
        """Write the manifest, keeping the ``created_at`` of an earlier start."""
        earlier = _read_manifest(self.path) or {}
        created_at = earlier.get("created_at", manifest["created_at"])
        content = manifest_json({**manifest, "created_at": created_at})
        put_file(self.path / _MANIFEST, content)

    def journal(self, blocks: Sequence[Block]) -> Journal:
        """Open the record of the blocks that are finished."""
        return Journal(self.path, blocks)

    def finish(self, journal: Journal) -> None:
        """Write the list of jobs, which marks the folder as finished."""
        journal.write_list(self.path / _JOBS)

    def job_counts(self) -> Counter[str]:
        """Return how many jobs of a finished run have which status."""
        path = self.path / _JOBS
        try:
            with path.open(encoding="utf-8") as lines:
                return Counter(str(json.loads(line)["status"]) for line in lines)
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
    make_folder(path)
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _lock(descriptor, path)
        _remove_unfinished(path)
        _check_same_run(path, manifest)
        yield RunFolder(path)
    finally:
        os.close(descriptor)


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
    for pattern in (f".*{UNFINISHED}", f"*/.*{UNFINISHED}"):
        for leftover in path.glob(pattern):
            leftover.unlink(missing_ok=True)
    if (path / _JOBS).is_file():
        (path / JOURNAL).unlink(missing_ok=True)


def _check_same_run(path: Path, manifest: Mapping[str, Any]) -> None:
    earlier = _read_manifest(path)
    if earlier is None:
        if any(path.iterdir()):
            raise UsageError(
                f"{path} is not empty and not a run's folder; choose another --results or run_id."
            )
        return
    for key, (meaning, default) in _IDENTITY.items():
        if earlier.get(key, default) != manifest[key]:
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
