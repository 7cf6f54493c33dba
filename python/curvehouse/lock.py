"""One writer at a time: ingest, build and publish take turns on a home."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from curvehouse.errors import BusyError
from curvehouse.home import Home
from curvehouse.storage import telling_storage_faults

__all__ = ["lock_holder", "writer_lock", "writers_paused"]

# `writers_paused` takes a shared lock for a moment; a writer that meets it must not give up.
_ATTEMPTS = 20
_PAUSE_SECONDS = 0.05


@contextmanager
def writer_lock(home: Home, purpose: str) -> Iterator[int]:
    """Hold the home's lock while the block runs; yield its file descriptor.

    The lock belongs to the open file, so it ends with the process however that ends. Handing the
    descriptor to a child process makes the lock last until the child is gone too.

    Raises
    ------
    BusyError
        When another process holds it; the message says which.
    StorageError
        When the disk or the working file fails the block.
    """
    with telling_storage_faults(home):
        home.root.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(home.lock_file, os.O_RDWR | os.O_CREAT, 0o644)
        with _held(home, descriptor, purpose):
            yield descriptor


@contextmanager
def writers_paused(home: Home) -> Iterator[str | None]:
    """Keep writers waiting while the block reads for a moment; yield who is writing, or None.

    A writer that came meanwhile would fail, because DuckDB lets nobody write a file that somebody
    reads. Where there is a writer already, or no lock file yet, nothing is held.
    """
    try:
        descriptor = os.open(home.lock_file, os.O_RDONLY)
    except FileNotFoundError:
        yield None
        return
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            yield _describe(home.lock_file)
        else:
            yield None
    finally:
        os.close(descriptor)


def lock_holder(home: Home) -> str | None:
    """Return a description of the process that is writing to ``home``, or None."""
    with writers_paused(home) as holder:
        return holder


@contextmanager
def _held(home: Home, descriptor: int, purpose: str) -> Iterator[None]:
    try:
        if not _acquired(descriptor):
            raise BusyError(
                f"{home.root} is being written by {_describe(home.lock_file)}; "
                "wait until it has finished and run this command again."
            )
        _sign(descriptor, purpose)
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _acquired(descriptor: int) -> bool:
    for _ in range(_ATTEMPTS):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_PAUSE_SECONDS)
        else:
            return True
    return False


def _sign(descriptor: int, purpose: str) -> None:
    started_at = datetime.now(UTC).isoformat(timespec="seconds")
    note = {"purpose": purpose, "pid": os.getpid(), "started_at": started_at}
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(note).encode(), 0)


def _describe(lock_file: Path) -> str:
    try:
        note = json.loads(lock_file.read_text())
        return f"`{note['purpose']}` (process {note['pid']}, since {note['started_at']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
