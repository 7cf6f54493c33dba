"""Jobs that hang or end their process: they are rows, and take no other job along."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from curvehouse.errors import CurvehouseError
from curvehouse.sweep import SweepOptions, SweepOutcome, blocks
from curvehouse.sweep.blocks import BlockTask
from curvehouse.sweep.engine import Execution
from curvehouse.sweep.options import OutputFormat
from curvehouse.sweep.plan import Job
from curvehouse.sweep.worker_pool import WorkerPool
from extension_packages import HEAD, install
from sweep_runs import jobs_of, made_bars, sweep, tree, write_bars

SOURCE = f"""{HEAD}
def faulty(bars, grid, seeds):
    for job in grid:
        fault = job["fault"]
        if fault == "raises":
            raise ValueError("no idea")
        if fault == "exits":
            sys.exit(2)
        if fault == "ends":
            os._exit(7)
        if fault == "is_killed":
            os.kill(os.getpid(), 9)
        if fault == "hangs":
            while True:
                pass
        if fault == "sleeps":
            time.sleep(600)
        if fault == "leaves_a_child":
            if os.fork() == 0:
                time.sleep(3)
                os._exit(0)
            os._exit(5)
    held = always(bars, grid)
    for number, job in enumerate(grid):
        held[:, number] = job["fault"] != "idles"
        if job["fault"] == "churns":
            held[::2, number] = False
    return held

FAULTY = Strategy("faulty", "has a fault", (Parameter("fault", str, "which"),), faulty)
NOISY = Strategy("noisy", "prints", (), lambda *a: print("noise") or always(a[0], a[1]))
"""

FAULTS = ["none", "raises", "ends", "idles", "hangs", "exits", "is_killed", "churns", "sleeps"]

EXPECTED = {
    "none": ("ok", None),
    "raises": ("crashed", "ValueError: no idea"),
    "exits": ("crashed", "SystemExit: 2"),
    "ends": ("crashed", "its process ended with code 7"),
    "is_killed": ("crashed", "its process ended with signal SIGKILL"),
    "hangs": ("timed_out", "took longer than 1 s"),
    "sleeps": ("timed_out", "took longer than 1 s"),
    "idles": ("no_trades", None),
    "churns": ("ruined", None),
}


@pytest.fixture
def bars_file(tmp_path: Path) -> Iterator[Path]:
    with install(tmp_path, "faulty_rules", SOURCE, {"faulty": "FAULTY", "noisy": "NOISY"}):
        yield write_bars(tmp_path)


def run(bars_file: Path, results: Path, faults: list[str], **options: object) -> SweepOutcome:
    return sweep(
        bars_file,
        results,
        strategies=["faulty", "buy_and_hold"],
        symbols=["AAA"],
        param_grid={"fault": faults},
        fee_bps=9_999.99,
        options=SweepOptions(**({"workers": 1, "job_timeout": 1.0} | options)),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("block_values", [blocks._BLOCK_VALUES, 1])
def test_every_fault_is_a_row_of_its_own(
    bars_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block_values: int
) -> None:
    monkeypatch.setattr(blocks, "_BLOCK_VALUES", block_values)
    outcome = run(bars_file, tmp_path, FAULTS, workers=2)
    jobs = jobs_of(outcome)
    found = {job["params"]["fault"]: (job["status"], job["error"]) for job in jobs[:-1]}
    assert found == EXPECTED
    assert jobs[-1]["status"] == "ok"
    with_curves = {path.name[:64] for path in outcome.run_folder.glob("faulty/*_equity.csv")}
    assert with_curves == {
        job["param_hash"] for job in jobs[:-1] if job["status"] in ("ok", "no_trades", "ruined")
    }


@pytest.mark.parametrize("output_format", OutputFormat)
def test_the_others_are_as_if_the_guilty_were_not_there(
    bars_file: Path, tmp_path: Path, output_format: OutputFormat
) -> None:
    guilty = run(bars_file, tmp_path / "a", ["none", "ends", "idles"], output_format=output_format)
    raising = run(
        bars_file, tmp_path / "b", ["none", "raises", "idles"], output_format=output_format
    )
    curves = [
        {name: text for name, text in tree(each.run_folder).items() if "/" in name}
        for each in (guilty, raising)
    ]
    assert curves[0] == curves[1]
    assert curves[0]


def test_a_child_that_holds_the_line_open(bars_file: Path, tmp_path: Path) -> None:
    started_at = time.monotonic()
    outcome = run(bars_file, tmp_path, ["leaves_a_child", "none"], job_timeout=None)
    assert outcome.job_counts == {"ok": 2, "crashed": 1}
    assert time.monotonic() - started_at < 10


def test_what_strategies_print_is_no_data(
    bars_file: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    outcome = sweep(bars_file, tmp_path, strategies=["noisy"], symbols=["AAA"], param_grid={})
    assert outcome.job_counts == {"ok": 1}
    printed = capfd.readouterr()
    assert printed.out == ""
    assert "noise" in printed.err


def test_a_worker_that_cannot_write_says_so(bars_file: Path, tmp_path: Path) -> None:
    (tmp_path / "results" / "mine").mkdir(parents=True)

    def put_in_the_way(done: int, planned: int) -> None:
        (tmp_path / "results" / "mine" / "buy_and_hold").write_text("")

    with pytest.raises(CurvehouseError, match=r"buy_and_hold can't be made \(File exists\)"):
        sweep(
            bars_file,
            tmp_path / "results",
            strategies=["buy_and_hold"],
            param_grid={},
            on_progress=put_in_the_way,
        )


def test_an_interrupted_sweep_leaves_no_process(bars_file: Path, tmp_path: Path) -> None:
    before = children()
    timer = threading.Timer(1.5, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        run(bars_file, tmp_path, ["sleeps"], job_timeout=None, workers=2)
    timer.join()
    wait_until(lambda: children() <= before)


def test_workers_end_when_the_sweep_is_killed(bars_file: Path, tmp_path: Path) -> None:
    spec = {"strategies": ["faulty"], "symbols": ["AAA"], "param_grid": {"fault": ["sleeps"]}}
    (tmp_path / "spec.json").write_text(json.dumps(spec))
    words = ["-m", "curvehouse", "sweep", "spec.json", "--bars", "bars.csv", "--results", "."]
    process = subprocess.Popen(
        [sys.executable, *words],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_until(lambda: len(group(process.pid)) == 2)
    process.kill()
    process.wait()
    wait_until(lambda: not group(process.pid))


def test_an_idle_worker_that_went_away_is_replaced() -> None:
    jobs = (Job("buy_and_hold", "A", {}, None, "0" * 64),)
    task = BlockTask(
        block=blocks.Block(0, 0, jobs),
        bars=made_bars([1.0, 2.0]),
        execution=Execution(),
        resampling=None,
        output_format=OutputFormat.CSV,
        folder=None,
        job_timeout=None,
    )
    with WorkerPool() as pool:
        first = pool.ask(task)
        before = children()
        (worker,) = pool._all
        worker._process.kill()
        wait_until(lambda: pool.ask(task).contents == first.contents)
        assert children() != before
    assert len(children()) == len(before) - 1


def group(leader: int) -> list[str]:
    found = subprocess.run(
        ["ps", "-o", "pid=", "-g", str(leader)], capture_output=True, text=True, check=False
    )
    return found.stdout.split()


def children() -> set[str]:
    """Return the processes that this one has started and not yet waited for."""
    tasks = Path("/proc/self/task").glob("*/children")
    return {child for task in tasks for child in task.read_text().split()}


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)
