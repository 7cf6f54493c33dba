"""What the file system says of a file, by which a change shows without reading it."""

from __future__ import annotations

import os

__all__ = ["settled_stamp", "stamp_of"]

# The coarsest clock of a file system in use: FAT's.
_CLOCK_NS = 2_000_000_000


def stamp_of(found: os.stat_result) -> str:
    """Return size, inode, and the times of the last changes of a file's content and of its entry.

    Notes
    -----
    A program can set the first time (``mtime``), as ``cp -p`` and archivers do, but not the second
    (``ctime``): whatever is written to a file moves it.
    """
    return f"{found.st_size} {found.st_ino} {found.st_mtime_ns} {found.st_ctime_ns}"


def settled_stamp(found: os.stat_result, read_at_ns: int) -> str | None:
    """Return the stamp of a file that was read, or None where a later change could bear the same.

    Parameters
    ----------
    found : os.stat_result
        What the file system said before the file was read.
    read_at_ns : int
        The time before that, in nanoseconds since 1970. A file changed just then, or at a time yet
        to come, can change again without its times moving.
    """
    is_settled = max(found.st_mtime_ns, found.st_ctime_ns) < read_at_ns - _CLOCK_NS
    return stamp_of(found) if is_settled else None
