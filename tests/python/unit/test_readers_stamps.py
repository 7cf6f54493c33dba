"""A stamp tells a file that was written to, even where size and modification time stay."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from curvehouse.readers.stamps import settled_stamp, stamp_of

SECOND = 1_000_000_000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.csv"
    path.write_text("ts,equity\n")
    return path


def test_reading_and_renaming_leave_the_stamp(file: Path) -> None:
    before = stamp_of(file.stat())
    file.read_text()
    assert stamp_of(file.stat()) == before
    folder = file.parent / "other"
    folder.mkdir()
    (folder / "link.csv").symlink_to(file)
    assert stamp_of((folder / "link.csv").stat()) == before


def test_a_write_shows_where_size_and_modification_time_are_put_back(file: Path) -> None:
    before = file.stat()
    time.sleep(0.02)
    file.write_text("ts,equitx\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = file.stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert stamp_of(after) != stamp_of(before)


def test_another_file_in_the_same_place_shows(file: Path) -> None:
    before = file.stat()
    other = file.with_name("b.csv")
    other.write_text(file.read_text())
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(file)
    assert stamp_of(file.stat()) != stamp_of(before)


def test_a_file_that_was_just_changed_is_not_settled(file: Path) -> None:
    found = file.stat()
    changed_at = found.st_ctime_ns
    assert settled_stamp(found, changed_at + SECOND) is None
    assert settled_stamp(found, changed_at + 3 * SECOND) == stamp_of(found)
    assert settled_stamp(found, changed_at - 3 * SECOND) is None


def test_a_modification_time_to_come_is_not_settled(file: Path) -> None:
    later = time.time_ns() + 3_600 * SECOND
    os.utime(file, ns=(later, later))
    found = file.stat()
    assert settled_stamp(found, found.st_ctime_ns + 3 * SECOND) is None
