"""What readers see while publications come and go, and what a killed publisher leaves."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from conftest import PROJECT_DIR
from curvehouse.database import open_working_file
from curvehouse.home import Home
from curvehouse.lock import lock_holder, writer_lock
from curvehouse.publish import publish
from curvehouse.publish.writer import write_publication
from warehouses import make_built_home, rebuild, rows

# Holds a connection; for each line of input it prints what that one and a new one see.
READER = """
import sys
import duckdb

path = sys.argv[1]
query = "select value from dim_x where load_id = 1"
held = duckdb.connect(path, read_only=True)
print(held.execute(query).fetchall()[0][0], flush=True)
for _ in sys.stdin:
    with duckdb.connect(path, read_only=True) as fresh:
        seen = [connection.execute(query).fetchall()[0][0] for connection in (held, fresh)]
    print(*seen, flush=True)
"""
# Writes for long enough to be killed on the way.
BIG = "insert into dim_x select i + 10, md5(i::varchar), i from range(1500000) t(i)"


@pytest.fixture
def built(home: Home) -> Home:
    return make_built_home(home)


def test_an_open_reader_keeps_its_picture_and_a_new_one_sees_the_new(built: Home) -> None:
    with open_working_file(built) as connection:
        connection.execute("update dim_x set value = 100")
    publish(built)
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(built.published_file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdin is not None
    assert reader.stdout is not None
    try:
        assert reader.stdout.readline() == "100.0\n"
        # The fifth publication removes the file that the reader holds.
        for number in range(101, 106):
            rebuild(built, f"update dim_x set value = {number}", f"build {number}")
            write_publication(built, PROJECT_DIR)
            reader.stdin.write("look\n")
            reader.stdin.flush()
            assert reader.stdout.readline() == f"100.0 {number}.0\n"
    finally:
        reader.communicate()
    assert len(list(built.publications.iterdir())) == 3


def test_a_publisher_that_is_killed_leaves_the_link_and_the_next_one_cleans_up(
    built: Home,
) -> None:
    first = publish(built)
    rebuild(built, BIG, "second")
    with writer_lock(built, "curvehouse publish") as lock:
        writer = subprocess.Popen(
            [sys.executable, "-m", "curvehouse.publish.writer", str(built.root), str(PROJECT_DIR)],
            pass_fds=[lock],
        )
    incoming = wait_for_incoming(built)
    assert lock_holder(built) is not None
    writer.kill()
    writer.wait()
    assert lock_holder(built) is None
    assert incoming.exists()
    assert built.published_file.resolve().parent.name == first.publication_id
    assert rows(built, "select count(*) from dim_x") == [(3,)]

    assert publish(built).is_new
    assert not incoming.exists()
    assert rows(built, "select count(*) from dim_x") == [(1_500_003,)]


def wait_for_incoming(home: Home) -> Path:
    """Return the file that a publisher is writing, once it has grown."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for path in home.publications.glob(".incoming-*/curvehouse.duckdb"):
            if path.stat().st_size > 1_000_000:
                return path.parent
        time.sleep(0.005)
    raise AssertionError("the publisher wrote nothing")
