from __future__ import annotations

import os
import re
import subprocess
import sys
import threading

import pytest

from curvehouse.errors import BusyError
from curvehouse.home import Home
from curvehouse.lock import lock_holder, writer_lock, writers_paused


def test_a_second_writer_is_told_who_the_first_is(home: Home) -> None:
    with writer_lock(home, "curvehouse build"), pytest.raises(BusyError) as caught:  # noqa: SIM117
        with writer_lock(home, "curvehouse ingest"):
            pass
    pattern = rf"`curvehouse build` \(process {os.getpid()}, since 20[^)]*\)"
    assert re.search(pattern, str(caught.value))


def test_the_lock_ends_with_its_block(home: Home) -> None:
    assert lock_holder(home) is None
    with writer_lock(home, "curvehouse build"):
        assert "curvehouse build" in str(lock_holder(home))
    assert lock_holder(home) is None
    with writer_lock(home, "curvehouse publish"):
        pass


def test_the_lock_ends_with_a_block_that_fails(home: Home) -> None:
    with pytest.raises(ZeroDivisionError), writer_lock(home, "curvehouse build"):
        raise ZeroDivisionError
    assert lock_holder(home) is None


def test_a_child_that_has_the_descriptor_keeps_the_lock(home: Home) -> None:
    with writer_lock(home, "curvehouse build") as lock:
        child = subprocess.Popen(
            [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[lock]
        )
    try:
        assert lock_holder(home) is not None
        with pytest.raises(BusyError), writer_lock(home, "curvehouse ingest"):
            pass
    finally:
        child.communicate(b"\n")
    assert lock_holder(home) is None


def test_a_child_without_the_descriptor_does_not_keep_it(home: Home) -> None:
    with writer_lock(home, "curvehouse build"):
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        assert lock_holder(home) is None
    finally:
        child.communicate(b"\n")


def test_a_writer_waits_for_a_reader_of_a_moment(home: Home) -> None:
    with writer_lock(home, "curvehouse ingest"):
        pass
    order = []

    def write() -> None:
        with writer_lock(home, "curvehouse build"):
            order.append("written")

    writer = threading.Thread(target=write)
    with writers_paused(home) as holder:
        assert holder is None
        writer.start()
        writer.join(0.2)
        order.append("read")
    writer.join()
    assert order == ["read", "written"]


def test_a_reader_is_told_of_a_writer_and_does_not_wait(home: Home) -> None:
    with writer_lock(home, "curvehouse build"), writers_paused(home) as holder:
        assert "`curvehouse build`" in str(holder)
