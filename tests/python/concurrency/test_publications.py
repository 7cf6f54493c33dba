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
# Reads in a loop until told to stop, and prints how many rounds it made and what it saw first and
# last. Every mart has the version of the publication in all rows, so that any mixture shows.
LOOKER = '''
import sys
from pathlib import Path
import duckdb

link, stop = Path(sys.argv[1]), Path(sys.argv[2])

def version(connection):
    seen = set()
    for table, column in (("dim_x", "value"), ('"Odd ""mart"""', '"select"')):
        query = f"select min({column}), max({column}), count(*) from {table}"
        lowest, highest, count = connection.execute(query).fetchall()[0]
        assert count in (5000, 2), count
        seen |= {lowest, highest}
    ids = connection.execute("select publication_id from meta_publication").fetchall()
    folder = connection.execute("select path from duckdb_databases() where not internal")
    assert ids == [(Path(folder.fetchall()[0][0]).parent.name,)]
    assert len(seen) == 1, f"a mixture: {seen}"
    return int(seen.pop())

def parquet_version():
    while True:
        folder = (link.parent / "current").resolve() / "parquet"
        try:
            tables = [duckdb.read_parquet(str(file)) for file in sorted(folder.glob("*_x.parquet"))]
            tables += [duckdb.read_parquet(str(file)) for file in sorted(folder.glob("Odd*"))]
            x, odd = (set(table.fetchall()) for table in tables)
        except (duckdb.IOException, ValueError):
            # Three later publications have come meanwhile.
            continue
        (seen,) = {row[2] for row in x} | {row[1] for row in odd}
        return int(seen)

with duckdb.connect(str(link), read_only=True) as held:
    first, rounds, last = version(held), 0, 0
    while True:
        stopping = stop.exists()
        with duckdb.connect(str(link), read_only=True) as fresh:
            now = version(fresh)
            assert now >= last, "an older one than before"
            last = now
        if rounds % 20 == 0 or stopping:
            assert parquet_version() >= last
        assert version(held) == first
        rounds += 1
        if stopping:
            break
print(rounds, first, last, flush=True)
'''
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


@pytest.mark.parametrize(
    ("readers", "publishes"), [(3, 6), pytest.param(20, 50, marks=pytest.mark.soak)]
)
def test_readers_in_a_loop_see_whole_publications_only(
    built: Home, tmp_path: Path, readers: int, publishes: int
) -> None:
    fill = "delete from dim_x; insert into dim_x select i, i::varchar, 0 from range(1, 5001) t(i);"
    version = 'update dim_x set value = {0}; update "Odd ""mart""" set "select" = {0};'
    rebuild(built, fill + version.format(0), "build 0")
    write_publication(built, PROJECT_DIR, parquet=True)
    stop = tmp_path / "stop"
    lookers = [
        subprocess.Popen(
            [sys.executable, "-c", LOOKER, str(built.published_file), str(stop)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(readers)
    ]
    try:
        for number in range(1, publishes + 1):
            rebuild(built, version.format(number), f"build {number}")
            assert write_publication(built, PROJECT_DIR)[1]
    finally:
        stop.touch()
        printed = [looker.communicate(timeout=300) for looker in lookers]
    for looker, (output, errors) in zip(lookers, printed, strict=True):
        assert looker.returncode == 0, errors
        rounds, first, last = (int(word) for word in output.split())
        assert first <= last == publishes
        assert rounds >= 2
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
