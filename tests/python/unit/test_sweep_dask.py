"""The same blocks on a Dask cluster: a real scheduler and two worker processes on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import RunCli
from curvehouse.errors import UsageError
from curvehouse.sweep import SweepOptions
from curvehouse.sweep.options import Backend, OutputFormat
from extension_packages import HEAD, install
from sweep_runs import jobs_of, sweep, tree, write_bars

pytest.importorskip("distributed", reason="Dask's distributed is not installed")

SOURCE = f"""{HEAD}
def faulty(bars, grid, seeds):
    for job in grid:
        if job["fault"] == "ends":
            os._exit(7)
        if job["fault"] == "hangs":
            time.sleep(600)
    return always(bars, grid)

FAULTY = Strategy("faulty", "has a fault", (Parameter("fault", str, "which"),), faulty)
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with install(tmp_path_factory.mktemp("packages"), "dask_rules", SOURCE, {"faulty": "FAULTY"}):
        yield


@pytest.fixture(scope="module")
def scheduler(installed: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("cluster")
    note = folder / "scheduler.json"
    common = ["--scheduler-file", str(note), "--no-dashboard"]
    processes = [start(folder, "dask_scheduler", *common, "--host", "127.0.0.1", "--port", "0")]
    try:
        wait_for(note)
        processes += [
            start(folder, "dask_worker", *common, "--nthreads", "1", "--nworkers", "1")
            for _ in range(2)
        ]
        address = json.loads(note.read_text())["address"]
        from distributed import Client  # noqa: PLC0415

        with Client(address, set_as_default=False) as client:  # type: ignore[no-untyped-call]
            client.wait_for_workers(2, timeout=60)
        yield address
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            process.wait(30)


def start(folder: Path, program: str, *words: str) -> subprocess.Popen[bytes]:
    with (folder / f"{program}.txt").open("ab") as said:
        return subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{program}", *words],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdout=said,
            stderr=said,
        )


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline, "the scheduler does not start"
        time.sleep(0.05)


@pytest.fixture
def bars_file(tmp_path: Path) -> Path:
    return write_bars(tmp_path)


def on_dask(address: str, output_format: OutputFormat = OutputFormat.CSV) -> SweepOptions:
    return SweepOptions(
        backend=Backend.DASK, scheduler=address, job_timeout=2, output_format=output_format
    )


def test_the_files_are_the_same(bars_file: Path, tmp_path: Path, scheduler: str) -> None:
    here = sweep(bars_file, tmp_path / "here")
    there = sweep(bars_file, tmp_path / "there", options=on_dask(scheduler))
    assert tree(here.run_folder) == tree(there.run_folder)


def test_resampled_parquet_is_the_same(bars_file: Path, tmp_path: Path, scheduler: str) -> None:
    changes = {"resample": "stationary_bootstrap", "mean_block_bars": 5}
    parquet = OutputFormat.PARQUET
    options = SweepOptions(output_format=parquet), on_dask(scheduler, parquet)
    here, there = (
        sweep(bars_file, tmp_path / f"{number}", options=each, on_progress=None, **changes)
        for number, each in enumerate(options)
    )
    assert tree(here.run_folder) == tree(there.run_folder)


def test_faults_are_rows_there_too(bars_file: Path, tmp_path: Path, scheduler: str) -> None:
    faults = ["none", "ends", "hangs"]
    outcome = sweep(
        bars_file,
        tmp_path,
        options=on_dask(scheduler),
        strategies=["faulty"],
        symbols=["AAA"],
        param_grid={"fault": faults},
    )
    assert [(job["params"]["fault"], job["status"], job["error"]) for job in jobs_of(outcome)] == [
        ("none", "ok", None),
        ("ends", "crashed", "its process ended with code 7"),
        ("hangs", "timed_out", "took longer than 2 s"),
    ]


def test_nobody_at_the_address(bars_file: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--scheduler nowhere: no Dask scheduler answers there"):
        sweep(bars_file, tmp_path, options=on_dask("nowhere"))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--backend", "dask"], "--backend dask and --scheduler ADDRESS belong together"),
        (["--scheduler", "tcp://a:1"], "belong together; give both, or neither"),
        (["--backend", "dask", "--scheduler", "a", "--workers", "2"], "--workers is for this"),
    ],
)
def test_contradicting_options(
    bars_file: Path, tmp_path: Path, run_cli: RunCli, words: list[str], message: str
) -> None:
    spec = tmp_path / "spec.json"
    spec.write_text('{"strategies": ["buy_and_hold"], "symbols": ["AAA"], "param_grid": {}}')
    results = tmp_path / "results"
    outcome = run_cli("sweep", spec, "--bars", bars_file, "--results", results, *words)
    assert outcome.exit_code == 2
    assert message in outcome.stderr
    assert not results.exists()
