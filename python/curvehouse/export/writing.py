"""Putting files in place whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from curvehouse.disk import sync
from curvehouse.errors import ExportError

__all__ = ["write_whole"]


def write_whole(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write files so that readers see the old ones, or none, until the new ones are on disk.

    All are written under other names first, and renamed in their order when the last is there.

    Raises
    ------
    ExportError
        When the folder can't be made, or a file not be written; nothing is left then.
    """
    unfinished: dict[str, Path] = {}
    path = folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            for name, content in files.items():
                path = folder / name
                unfinished[name] = _write_beside(path, content)
            for name in files:
                path = folder / name
                unfinished[name].replace(path)
        except BaseException:
            for left in unfinished.values():
                left.unlink(missing_ok=True)
            raise
        sync(folder)
    except OSError as error:
        raise ExportError(
            f"{path} can't be written ({error.strerror}); choose another --out, or make room."
        ) from error
    return [folder / name for name in files]


def _write_beside(path: Path, content: bytes) -> Path:
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        sync(unfinished)
        unfinished.chmod(0o666 & ~_umask())
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return unfinished


def _umask() -> int:
    """Return the mask of this process, which can be read only by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
