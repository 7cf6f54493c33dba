"""The folder of a site, which is put in place whole and replaces nothing but a site."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from curvehouse.disk import sync
from curvehouse.errors import ExportError, UsageError

__all__ = ["INVENTORY", "Site", "new_site"]

INVENTORY = "report.json"
"""The file that lists what belongs to a site, so that the next one can take its place."""


class Site:
    """A site that is being written.

    Parameters
    ----------
    folder : Path
        Where it grows, beside the place where it will stand.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names: list[str] = []

    def write(self, name: str, text: str) -> None:
        """Write one file of the site."""
        path = self._folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        sync(path)
        self._names.append(name)

    def finish(self, publication: str) -> None:
        """Write the inventory."""
        content = {"publication": publication, "files": sorted([*self._names, INVENTORY])}
        self.write(INVENTORY, json.dumps({"curvehouse_report": content}, indent=1) + "\n")
        sync(self._folder)


@contextmanager
def new_site(folder: Path) -> Iterator[Site]:
    """Yield a site that stands at ``folder`` once the block has ended without an error.

    Raises
    ------
    UsageError
        When something stands there that is no site, or a site with files that don't belong to it.
    ExportError
        When it can't be written; what stood there before still does.
    """
    place = folder.expanduser().resolve()
    _refuse_to_replace_others(place)
    growing = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    try:
        growing.parent.mkdir(parents=True, exist_ok=True)
        growing.mkdir()
        yield Site(growing)
        _swap(growing, place)
    except OSError as error:
        raise ExportError(
            f"{folder} can't be written ({error.strerror or error}); choose another --out, or make "
            "room."
        ) from error
    finally:
        shutil.rmtree(growing, ignore_errors=True)


def _refuse_to_replace_others(place: Path) -> None:
    if not place.name:
        raise UsageError(f"{place} can't be the folder of a report; choose another --out.")
    if not place.exists():
        return
    if not place.is_dir():
        raise UsageError(f"{place} is a file; choose another --out.")
    foreign = sorted(_contents(place) - _inventory(place))
    if foreign:
        raise UsageError(
            f"{place} holds what is not part of a report ({foreign[0]}); choose another --out, or "
            "move it away."
        )


def _contents(place: Path) -> set[str]:
    """Return all files below a folder, and links to folders, and folders with nothing in them."""
    found = set()
    for parent, folders, files in os.walk(place):
        links = [name for name in folders if Path(parent, name).is_symlink()]
        names = [*files, *links] if files or folders else ["."]
        found |= {os.path.relpath(os.path.join(parent, name), place) for name in names}  # noqa: PTH118
    return found - {"."}


def _inventory(place: Path) -> set[str]:
    try:
        content = json.loads((place / INVENTORY).read_text(encoding="utf-8"))
        return set(content["curvehouse_report"]["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _swap(growing: Path, place: Path) -> None:
    """Put the new site where the old one stands; where that fails, the old one stays."""
    if not place.exists() or not any(place.iterdir()):
        growing.replace(place)
        sync(place.parent)
        return
    old = place.with_name(f"{growing.name}.old")
    place.replace(old)
    try:
        growing.replace(place)
    except OSError:
        old.replace(place)
        raise
    sync(place.parent)
    shutil.rmtree(old, ignore_errors=True)
