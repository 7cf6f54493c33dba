"""What to tell when a disk or a database file does not do what is asked of it.

The same trouble reaches us as an error of Python, of DuckDB, or in the words of dbt; all of them
end with the system's own text for it, so one look at the text serves all commands.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from curvehouse.errors import StorageError
from curvehouse.home import Home

__all__ = ["is_damage", "storage_fault", "telling_storage_faults"]

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_CLOSED = (errno.EACCES, errno.EPERM, errno.EROFS)
_NO_FOLDER = (errno.EEXIST, errno.ENOTDIR)
_DAMAGED = (
    "not a valid DuckDB database file",
    "Corrupt database file",
    "Could not read enough bytes",
    "Failure while replaying WAL",
    "Is a directory",
)
_QUOTED_PATH = re.compile(r"""["'](/.+)["']""")


@contextmanager
def telling_storage_faults(home: Home) -> Iterator[None]:
    """Turn what the disk or the working file of ``home`` refuses into one sentence.

    Raises
    ------
    StorageError
        In place of an error of Python or DuckDB that says so.
    """
    try:
        yield
    except (OSError, duckdb.Error) as error:
        fault = storage_fault(error, home)
        if fault is None:
            raise
        raise StorageError(fault) from error


def storage_fault(trouble: BaseException | str, home: Home) -> str | None:
    """Return what is wrong with the disk or the working file, and what to do; None for the rest.

    Parameters
    ----------
    trouble : exception or str
        What was raised, or what another program said.
    home : Home
        The warehouse that is being written or read.
    """
    if isinstance(trouble, str):
        return _fault_in(trouble, home)
    # DuckDB gives up its database when it can't write; what is raised then names no reason, but
    # the error during whose handling it came does.
    error: BaseException | None = trouble
    while error is not None:
        fault = _fault_in(str(error), home)
        if fault is not None:
            return fault
        error = error.__cause__ or error.__context__
    return None


def is_damage(text: str) -> bool:
    """Return whether DuckDB's words say that a database file is not what it should be."""
    return any(sign in text for sign in _DAMAGED)


def _fault_in(text: str, home: Home) -> str | None:
    place = _place_in(text)
    if reason := _reason_in(text, _FULL):
        return (
            f"the disk is full, so {place or home.root} can't be written ({reason}); what is "
            "published stays as it was. Make room and run this command again."
        )
    if reason := _reason_in(text, _CLOSED):
        return (
            f"{place or home.root} can't be opened or written ({reason}); get the right to it, or "
            "choose another --home."
        )
    if reason := _reason_in(text, _NO_FOLDER):
        return f"{place or home.root} is in the way of a folder ({reason}); choose another --home."
    if place in (None, home.working_file) and is_damage(text):
        said = next(line.strip() for line in text.splitlines() if is_damage(line))
        return (
            f"{home.working_file} is damaged or no DuckDB file ({said}); what is published stays "
            "as it was. Move that file elsewhere, then ingest and build again."
        )
    return None


def _reason_in(text: str, codes: tuple[int, ...]) -> str | None:
    reasons = (os.strerror(code) for code in codes)
    return next((reason for reason in reasons if reason in text), None)


def _place_in(text: str) -> Path | None:
    found = _QUOTED_PATH.search(text)
    place = Path(found.group(1)) if found else None
    # Quotes within a path or around other things lead astray.
    return place if place is not None and place.parent.exists() else None
