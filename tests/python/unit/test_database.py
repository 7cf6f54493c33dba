from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from curvehouse.database import open_working_file
from curvehouse.home import Home

# DuckDB makes an empty file first; this one gets no further.
KILLED = """
import os, sys
from pathlib import Path
import duckdb
from curvehouse.database import open_working_file
from curvehouse.home import Home

def connect(path, **_):
    Path(path).touch()
    os._exit(9)

duckdb.connect = connect
with open_working_file(Home(Path(sys.argv[1]))):
    pass
"""


def test_a_process_that_is_killed_creating_the_file_is_no_hindrance(home: Home) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(home.root)], check=False)
    assert killed.returncode == 9
    assert not home.working_file.exists()
    with open_working_file(home) as connection:
        assert connection.execute("select count(*) from raw.files").fetchall() == [(0,)]
    assert list(home.working_file.parent.iterdir()) == [home.working_file]


def test_what_a_killed_process_had_spilled_is_removed(home: Home) -> None:
    with open_working_file(home):
        pass
    spilled = Path(f"{home.working_file}.tmp")
    spilled.mkdir()
    (spilled / "duckdb_temp_storage_DEFAULT-0.tmp").touch()
    with open_working_file(home):
        assert not spilled.exists()
