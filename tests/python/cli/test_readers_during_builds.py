"""Readers of the published file are never blocked or broken while the warehouse is built."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import Demo, run_command

# Holds one connection for the whole time, opens a new one each round, and prints the rounds.
READER = """
import sys, time
import duckdb

path, stop = sys.argv[1], sys.argv[2]
query = "select count(*), min(simple_return), max(drawdown) from fct_equity_daily"
slowest, rounds = 0.0, 0
with duckdb.connect(path, read_only=True) as held:
    first = held.sql(query).fetchall()
    while True:
        started = time.monotonic()
        assert held.sql(query).fetchall() == first
        with duckdb.connect(path, read_only=True) as fresh:
            rows = fresh.sql(query).fetchall()
            assert rows[0][0] == first[0][0], rows
        slowest, rounds = max(slowest, time.monotonic() - started), rounds + 1
        try:
            open(stop).close()
            break
        except FileNotFoundError:
            time.sleep(0.02)
print(rounds, slowest)
"""


def read_while_building(demo: Demo, folder: Path, readers: int, builds: int) -> list[int]:
    """Return how many rounds each reader made while the builds ran."""
    shutil.copytree(demo.home.root, folder / "warehouse", symlinks=True)
    published = folder / "warehouse" / "curvehouse.duckdb"
    stop = folder / "stop"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(published), str(stop)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(readers)
    ]
    try:
        for _ in range(builds):
            done = run_command(folder, "curvehouse", "build", "--force")
            assert done.returncode == 0, done.stderr
    finally:
        stop.touch()
        outputs = [process.communicate(timeout=120) for process in processes]
    for process, (_, errors) in zip(processes, outputs, strict=True):
        assert process.returncode == 0, errors
    return [int(output.split()[0]) for output, _ in outputs]


def test_a_reader_goes_on_while_a_build_runs(demo: Demo, tmp_path: Path) -> None:
    assert min(read_while_building(demo, tmp_path, readers=2, builds=1)) > 5


@pytest.mark.soak
def test_more_readers_go_on_while_builds_follow_each_other(demo: Demo, tmp_path: Path) -> None:
    assert min(read_while_building(demo, tmp_path, readers=4, builds=3)) > 20
