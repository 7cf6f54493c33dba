"""A sweep that is killed and started again ends as one that was left alone."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from sweep_runs import SPEC, tree, write_bars

GRID = {
    "ma_short": list(range(2, 12)),
    "ma_long": list(range(20, 60, 2)),
    "flip_probability": [0.1],
}
LARGE: dict[str, Any] = SPEC | {"param_grid": GRID, "seeds": list(range(40))}

# Small blocks, so that there are many moments to be killed at.
PROGRAM = """
import sys
from curvehouse.sweep import blocks
blocks._BLOCK_VALUES = 1_000
from curvehouse.cli import main
main(sys.argv[1:])
"""


def start(folder: Path, results: str, output_format: str) -> subprocess.Popen[str]:
    words = ["sweep", "spec.json", "--bars", "bars.csv", "--results", results, "--workers", "2"]
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words, "--format", output_format],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish(folder: Path, results: str, output_format: str) -> float:
    started_at = time.monotonic()
    process = start(folder, results, output_format)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    assert "Traceback" not in said, said
    return time.monotonic() - started_at


def recorded_blocks(folder: Path) -> int:
    journal = folder / "mine" / ".jobs.part"
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def check_kills(folder: Path, seed: str, count: int, output_format: str) -> None:
    """Kill a sweep so many times, each time a little later, and compare what it ends with."""
    (folder / "spec.json").write_text(json.dumps(LARGE))
    write_bars(folder)
    seconds = finish(folder, "whole", output_format)
    draw = random.Random(seed)
    created_at = None
    for _ in range(count):
        before = recorded_blocks(folder / "killed")
        process = start(folder, "killed", output_format)
        time.sleep(seconds * draw.uniform(0.2, 0.9))
        # A reboot takes the workers along, a supervisor does not.
        victims = draw.choice([os.killpg, os.kill])
        with suppress(ProcessLookupError):
            victims(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)
        manifest = folder / "killed" / "mine" / "batch_run_manifest.json"
        if manifest.exists():
            found = json.loads(manifest.read_text())["created_at"]
            assert created_at in (None, found)
            created_at = found
        is_finished = (folder / "killed" / "mine" / "jobs.jsonl").exists()
        assert is_finished or recorded_blocks(folder / "killed") >= before
    finish(folder, "killed", output_format)
    killed, whole = folder / "killed" / "mine", folder / "whole" / "mine"
    assert tree(killed) == tree(whole)
    assert created_at in (None, json.loads((killed / manifest.name).read_text())["created_at"])
    assert sorted(path.name for path in killed.iterdir()) == sorted(
        path.name for path in whole.iterdir()
    )


@pytest.mark.parametrize("output_format", ["csv", "parquet"])
def test_killed_three_times(tmp_path: Path, output_format: str) -> None:
    check_kills(tmp_path, f"three {output_format}", 3, output_format)


@pytest.mark.soak
@pytest.mark.parametrize("round_number", range(20))
def test_killed_many_times(tmp_path: Path, round_number: int) -> None:
    output_format = ["csv", "parquet"][round_number % 2]
    check_kills(tmp_path, f"soak {round_number}", 8, output_format)


def test_finished_blocks_are_not_run_again(tmp_path: Path) -> None:
    (tmp_path / "spec.json").write_text(json.dumps(LARGE))
    write_bars(tmp_path)
    process = start(tmp_path, "killed", "csv")
    while recorded_blocks(tmp_path / "killed") < 5:
        assert process.poll() is None
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    folder = tmp_path / "killed" / "mine"
    lines = (folder / ".jobs.part").read_text().splitlines()
    records = [json.loads(line) for line in lines if line.endswith("}")]
    before = {name: (folder / name).stat().st_mtime_ns for r in records for name in r["sizes"]}
    finish(tmp_path, "killed", "csv")
    after = {name: (folder / name).stat().st_mtime_ns for name in before}
    assert before == after
    rows = [json.loads(line) for line in (folder / "jobs.jsonl").read_text().splitlines()]
    assert all(row in rows for record in records for row in record["rows"])
