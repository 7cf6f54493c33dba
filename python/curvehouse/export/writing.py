"""Putting a file in place whole."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from curvehouse.disk import sync
from curvehouse.errors import ExportError

__all__ = ["write_whole"]


def write_whole(folder: Path, name: str, content: bytes) -> Path:
    """Write a file so that readers see the old one, or none, until the new one is there for good.

    Raises
    ------
    ExportError
        When the folder can't be made, or the file not be written; nothing is left then.
    """
    path = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, unfinished = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            sync(Path(unfinished))
            Path(unfinished).chmod(0o666 & ~_umask())
            Path(unfinished).replace(path)
        except BaseException:
            Path(unfinished).unlink(missing_ok=True)
            raise
        sync(folder)
    except OSError as error:
        raise ExportError(
            f"{path} can't be written ({error.strerror}); choose another --out, or make room."
        ) from error
    return path


def _umask() -> int:
    """Return the mask of this process, which can be read only by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
