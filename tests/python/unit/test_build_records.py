from __future__ import annotations

import subprocess
import sys
from datetime import datetime

import duckdb
import pytest

from curvehouse.build_records import (
    WorkingState,
    note_project,
    read_state,
    reading_working_file,
)
from curvehouse.database import open_working_file
from curvehouse.errors import BusyError
from curvehouse.home import Home
from warehouses import add_build, load_file


def test_builds_come_oldest_first_with_the_project_that_ran(home: Home) -> None:
    add_build(home, "second", finished_at=datetime(2026, 1, 6))
    add_build(home, "first", finished_at=datetime(2026, 1, 5), error_count=2)
    load_file(home, datetime(2026, 1, 4))
    with open_working_file(home) as connection:
        note_project(connection, "second", "f" * 64, "c" * 40)
    with reading_working_file(home) as connection:
        state = read_state(connection)
    assert [build.invocation_id for build in state.builds] == ["first", "second"]
    assert [build.fingerprint for build in state.builds] == [None, "f" * 64]
    assert [build.revision for build in state.builds] == [None, "c" * 40]
    assert [build.is_clean_and_whole for build in state.builds] == [False, True]
    assert state.last_loaded_at == datetime(2026, 1, 4)


def test_notes_of_an_older_version_have_no_revision_and_later_ones_do(home: Home) -> None:
    add_build(home, "first", finished_at=datetime(2026, 1, 5))
    add_build(home, "second", finished_at=datetime(2026, 1, 6))
    with open_working_file(home) as connection:
        connection.execute(
            "create table operations.project_builds "
            "(invocation_id varchar not null, fingerprint varchar not null)"
        )
        connection.execute("insert into operations.project_builds values ('first', 'f')")
        first = read_state(connection).builds[0]
        assert (first.fingerprint, first.revision) == ("f", None)
        note_project(connection, "second", "g", "c")
        builds = read_state(connection).builds
    assert [(build.fingerprint, build.revision) for build in builds] == [("f", None), ("g", "c")]


def test_a_file_without_our_tables_has_no_state() -> None:
    with duckdb.connect() as connection:
        assert read_state(connection) == WorkingState()


def test_a_working_file_that_another_process_writes_is_busy(home: Home) -> None:
    add_build(home)
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(flush=True); input()",
            str(home.working_file),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(BusyError, match="open in another process"), reading_working_file(home):
            pass
    finally:
        holder.communicate(b"\n")
