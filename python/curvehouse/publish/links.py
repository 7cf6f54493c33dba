"""The links that say which publication readers open.

``current`` leads to the folder of one publication, and ``curvehouse.duckdb`` through it to the
file. So one step changes what readers get of the file and of the Parquet files beside it.
"""

from __future__ import annotations

from pathlib import Path

from curvehouse.disk import sync
from curvehouse.errors import PublishError
from curvehouse.home import DATABASE_NAME, Home
from curvehouse.publish.publication import Publication, read_record

__all__ = ["current_publication", "flip", "forget_unfinished_links"]


def current_publication(home: Home) -> Publication | None:
    """Return what readers get, or None when nothing whole is published.

    Raises
    ------
    PublishError
        When something else than our links is in their place.
    """
    for link in (home.published_file, home.current):
        if link.exists() and not link.is_symlink():
            raise PublishError(
                f"{link} is not the link that `curvehouse publish` makes; move it elsewhere first."
            )
    if not home.published_file.exists():
        return None
    return read_record(home.published_file.resolve().parent)


def flip(home: Home, folder: Path) -> None:
    """Lead readers to a publication; a reader gets the old one or the new one."""
    _lay_file_link(home)
    _point(home.current, Path(home.publications.name) / folder.name)


def forget_unfinished_links(home: Home) -> None:
    """Remove what a publisher that was killed has left."""
    for link in (home.published_file, home.current):
        _unfinished(link).unlink(missing_ok=True)


def _lay_file_link(home: Home) -> None:
    """Have the file's link lead through the folder's, also where it was made to lead past it."""
    through = Path(home.current.name) / DATABASE_NAME
    link = home.published_file
    if link.is_symlink() and link.readlink() == through:
        return
    if link.exists():
        _point(home.current, Path(home.publications.name) / link.resolve().parent.name)
    _point(link, through)


def _point(link: Path, target: Path) -> None:
    unfinished = _unfinished(link)
    unfinished.unlink(missing_ok=True)
    unfinished.symlink_to(target)
    unfinished.replace(link)
    sync(link.parent)


def _unfinished(link: Path) -> Path:
    return link.with_name(f".{link.name}.new")
