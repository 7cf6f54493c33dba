"""An ingest that is cut off leaves the warehouse before or after a batch, never between."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import curvehouse.ingest.runs
from curvehouse.home import Home
from curvehouse.ingest import ingest_runs
from raw_rows import active_curves, table_counts
from run_folder import TRADES_HEADER, RunFolder, curve_csv

TRADE = "1,SPY,long,2020-01-02,2020-01-03,10,100,101,1,9\n"


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path / "results" / "run")


def test_an_error_in_the_middle_leaves_the_warehouse_before_the_batch(
    home: Home, run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = run.land(n=1)
    run.file(job, "trades").write_text(TRADES_HEADER + TRADE)
    ingest_runs(home, [run.path])
    before = table_counts(home)
    run.land(n=2)
    run.file(job).write_text(curve_csv([1, 2]))

    def fail(*_: object) -> None:
        raise RuntimeError("stopped")

    with monkeypatch.context() as patch:
        patch.setattr(curvehouse.ingest.runs, "_decide_calendars", fail)
        with pytest.raises(RuntimeError, match="stopped"):
            ingest_runs(home, [run.path])
    assert table_counts(home) == before
    report = ingest_runs(home, [run.path])
    assert (report.loaded, report.unchanged) == (3, 2)


_KILLED = """
import os, sys
from pathlib import Path
import curvehouse.ingest.runs as runs
from curvehouse.home import Home

def die(*_, **__):
    os._exit(9)

setattr(runs, sys.argv[3], die)
runs.ingest_runs(Home(Path(sys.argv[1])), [Path(sys.argv[2])])
"""


@pytest.mark.parametrize("moment", ["load_curves", "insert_staged_trades", "_decide_calendars"])
def test_a_killed_ingest_can_simply_be_repeated(home: Home, run: RunFolder, moment: str) -> None:
    job = run.land(n=1)
    run.file(job, "trades").write_text(TRADES_HEADER + TRADE)
    arguments = [sys.executable, "-c", _KILLED, str(home.root), str(run.path), moment]
    assert subprocess.run(arguments, check=False).returncode == 9
    assert set(table_counts(home).values()) == {0}
    assert ingest_runs(home, [run.path]).loaded == 4
    assert active_curves(home) == {run.backtest_id(job): [100.0, 101.0, 102.0]}
