"""What lies in the folders of runs. Only paths inside a given folder are ever read."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from curvehouse.errors import InvalidInputError, UsageError
from curvehouse.ingest.ledger import Identity
from curvehouse.ingest.report import shown_path
from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.probe import has_known_suffix

__all__ = ["JOBS_NAME", "MANIFEST_NAME", "LandedFile", "find_run_folders", "landed_files"]

MANIFEST_NAME = "batch_run_manifest.json"
JOBS_NAME = "jobs.jsonl"

_RESULT_NAME = re.compile(r"(?P<name>.+)_(?P<kind>equity|trades)(?:\..+)?", re.DOTALL)
_CONTAINER_NAME = re.compile(r"[0-9]{4,12}_(equity|trades)\.parquet")


@dataclass(frozen=True)
class LandedFile:
    """A curve or trades file of a run folder, and what its place alone says against it.

    Attributes
    ----------
    identity : Identity
        Of a file that holds what several backtests brought, its number is the ``dataset``, and
        there is no ``param_hash``.
    path : Path
    fault : FaultyFileError or None
    is_readable : bool
        False where it is of another format than are read.
    """

    identity: Identity
    path: Path
    fault: FaultyFileError | None = None
    is_readable: bool = True

    @property
    def is_container(self) -> bool:
        """Whether it holds what several backtests brought."""
        return self.identity.param_hash is None


def find_run_folders(paths: Sequence[Path]) -> list[Path]:
    """Return the run folders among the paths, or one level below them.

    Raises
    ------
    UsageError
        When a path is not a folder.
    InvalidInputError
        When neither a folder nor a folder in it has a manifest.
    """
    folders: dict[Path, Path] = {}
    for path in paths:
        if not path.is_dir():
            problem = "is not a folder" if path.exists() else "doesn't exist"
            raise UsageError(f"{path} {problem}: give a run folder, or a folder of them.")
        for folder in _run_folders_in(path):
            folders.setdefault(folder.resolve(), folder)
    return list(folders.values())


def _run_folders_in(path: Path) -> Iterable[Path]:
    if (path / MANIFEST_NAME).exists():
        return [path]
    found = [
        child
        for child in sorted(path.iterdir())
        if (child / MANIFEST_NAME).exists() and is_inside(child, path)
    ]
    if not found:
        raise InvalidInputError(
            f"{path} has no {MANIFEST_NAME}, nor has a folder in it: give the folder that a sweep "
            "wrote, or load single files with `curvehouse ingest equity`."
        )
    return found


def landed_files(folder: Path, run_id: str) -> list[LandedFile]:
    """Return the curves and trades in a run folder, one per identity, in a fixed order.

    A file of another format counts where it is all that there is of its identity. Folders with a
    leading dot are passed over.
    """
    found: dict[Identity, list[_Entry]] = {}
    for entry in _entries(folder):
        match = _RESULT_NAME.fullmatch(entry.name)
        if match:
            identity = Identity(match["kind"], run_id, entry.strategy)
            if _CONTAINER_NAME.fullmatch(entry.name):
                identity = identity._replace(dataset=match["name"])
            else:
                identity = identity._replace(param_hash=_as_text(match["name"]))
            found.setdefault(identity, []).append(entry)
    return [
        _landed_file(folder, identity, entries)
        for identity, entries in sorted(
            found.items(), key=lambda item: [part or "" for part in item[0]]
        )
    ]


def is_inside(path: Path, folder: Path) -> bool:
    """Return whether a path leads, through all links, to a place in the folder."""
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):
        return False


class _Entry(NamedTuple):
    """A file in a strategy's folder, and whether a link stands between it and the run folder."""

    strategy: str
    folder: Path
    name: str
    is_linked: bool

    @property
    def path(self) -> Path:
        return self.folder / self.name


def _entries(folder: Path) -> Iterator[_Entry]:
    with os.scandir(folder) as found:
        strategies = sorted(found, key=lambda entry: entry.name)
    for strategy in strategies:
        if strategy.name.startswith(".") or not strategy.is_dir():
            continue
        name, path, is_linked = _as_text(strategy.name), Path(strategy.path), strategy.is_symlink()
        with os.scandir(path) as found:
            for entry in sorted(found, key=lambda entry: entry.name):
                yield _Entry(name, path, entry.name, is_linked or entry.is_symlink())


def _landed_file(folder: Path, identity: Identity, entries: list[_Entry]) -> LandedFile:
    readable = [entry for entry in entries if has_known_suffix(entry.name)]
    files = readable or entries[:1]
    path = files[0].path
    return LandedFile(identity, path, _fault_of_place(folder, files), is_readable=bool(readable))


def _fault_of_place(folder: Path, entries: list[_Entry]) -> FaultyFileError | None:
    if len(entries) == 1 and not entries[0].is_linked:
        return None
    path = entries[0].path
    if not all(is_inside(entry.path, folder) for entry in entries if entry.is_linked):
        reason = "is a link that leads out of the run folder; copy the file into it"
        return FaultyFileError(ReasonCode.PATH_OUTSIDE_FOLDER, reason, path=path)
    if len(entries) > 1:
        others = ", ".join(shown_path(entry.path) for entry in entries[1:])
        reason = f"is there a second time as {others}; keep one"
        return FaultyFileError(ReasonCode.DUPLICATE_FILE, reason, path=path)
    return None


def _as_text(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
