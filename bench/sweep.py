"""Sweeping a grid of moving averages, beside vectorbt's own way of doing the same."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from statistics import median

import numpy as np

from curvehouse.sweep import SweepOptions, SweepSpec, run_sweep
from curvehouse.sweep.backends import run_in_pool, worker_count
from curvehouse.sweep.bars import Bars
from curvehouse.sweep.blocks import Block, BlockTask, cut_blocks
from curvehouse.sweep.engine import Execution
from curvehouse.sweep.evaluate import evaluate_jobs
from curvehouse.sweep.options import OutputFormat
from curvehouse.sweep.output import encode_block, put_files
from curvehouse.sweep.plan import plan_jobs
from curvehouse.sweep.price_file import load_bars
from curvehouse.sweep.registry import find_strategy
from curvehouse.sweep.worker_pool import WorkerPool

__all__ = ["measure"]

INDEX_FILE = Path(__file__).parents[2] / "shared" / "data" / "market" / "sp500_index.csv.gz"
SHORTS, LONGS = list(range(2, 42)), list(range(50, 300, 5))
CASH, FEE_BPS, SLIPPAGE_BPS = 100_000.0, 2.0, 1.0
ROUNDS = 5
SPEC = SweepSpec(
    run_id="bench",
    strategies=["ma_crossover"],
    symbols=["SP500"],
    param_grid={"ma_short": SHORTS, "ma_long": LONGS},
    fee_bps=FEE_BPS,
    slippage_bps=SLIPPAGE_BPS,
    starting_cash=CASH,
)
EXECUTION = Execution(CASH, FEE_BPS, SLIPPAGE_BPS)


def index_bars() -> Bars:
    """Return the S&P 500's bars."""
    return load_bars(INDEX_FILE, ["SP500"])["SP500"]


def measure() -> str:
    """Return what the curves took, and with them the files, beside vectorbt's curves alone."""
    if not INDEX_FILE.exists():
        return f"sweep: skipped, because {INDEX_FILE} is not there"
    bars = index_bars()
    blocks = list(cut_blocks(plan_jobs(SPEC), {"SP500": bars}))
    theirs, curves = [], []
    written: dict[OutputFormat, list[float]] = {
        OutputFormat.PARQUET: [],
        OutputFormat.CSV: [],
    }
    with tempfile.TemporaryDirectory() as folder, WorkerPool() as pool:
        with _Peer(Path(folder) / "curves.npy") as peer:
            peer.run()
            _check_same(np.load(Path(folder) / "curves.npy"), bars, blocks)
            for _ in range(ROUNDS):
                theirs.append(peer.run())
                curves.append(_compute(bars, blocks))
            # The many files of one format would still keep the system busy in rounds of both.
            for each in written:
                runs = [
                    _write(bars, blocks, each, Path(folder) / "run", pool)
                    for _ in range(ROUNDS + 1)
                ]
                written[each] += runs[1:]
        shares = {each: _writing_share(bars, blocks, each, Path(folder)) for each in OutputFormat}
        whole = {each: _run_whole(each, Path(folder) / f"whole_{each}") for each in OutputFormat}
    size = f"{len(SHORTS) * len(LONGS):,} moving-average cells of {len(bars):,} bars"
    lines = [
        f"sweep: vectorbt, warm, {size} in {_shown(theirs)}",
        f"sweep: curves only, in one process, in {_shown(curves)}, {_ratio(theirs, curves)}",
    ]
    for each, seconds in written.items():
        lines.append(
            f"sweep: with {each} on disk, in {worker_count()} processes, in "
            f"{_shown(seconds)}, {_ratio(theirs, seconds)}; {shares[each]:.0%} of the "
            f"work is writing; {whole[each]:.2f} s with planning and starting processes"
        )
    return "\n".join(lines)


class _Peer:
    """vectorbt in a process of its own, which stays warm."""

    def __init__(self, curves_file: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.sweep_peer", str(curves_file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> _Peer:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def run(self) -> float:
        if self._process.stdin is None or self._process.stdout is None:
            raise SystemExit("bench: vectorbt's side has no pipes.")
        self._process.stdin.write("run\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise SystemExit("bench: vectorbt's side ended; what it wrote says why.")
        return float(answer)


def _compute(bars: Bars, blocks: Sequence[Block]) -> float:
    strategy = find_strategy("ma_crossover")
    started_at = time.perf_counter()
    for block in blocks:
        evaluate_jobs(strategy, bars, block.jobs, EXECUTION)
    return time.perf_counter() - started_at


def _write(
    bars: Bars, blocks: Sequence[Block], each: OutputFormat, folder: Path, pool: WorkerPool
) -> float:
    tasks = (BlockTask(block, bars, EXECUTION, None, each, folder, None) for block in blocks)
    started_at = time.perf_counter()
    outcomes = list(run_in_pool(tasks, worker_count(), pool))
    seconds = time.perf_counter() - started_at
    # Else the system is still busy with these files when the next are measured.
    shutil.rmtree(folder)
    if sum(len(outcome.rows) for outcome in outcomes) != len(SHORTS) * len(LONGS):
        raise SystemExit("bench: jobs are missing.")
    return seconds


def _writing_share(bars: Bars, blocks: Sequence[Block], each: OutputFormat, folder: Path) -> float:
    strategy = find_strategy("ma_crossover")
    computing = writing = 0.0
    for block in blocks:
        started_at = time.perf_counter()
        results = evaluate_jobs(strategy, bars, block.jobs, EXECUTION)
        computed_at = time.perf_counter()
        put_files(folder / f"share_{each}", encode_block(block, results, bars, each))
        computing += computed_at - started_at
        writing += time.perf_counter() - computed_at
    return writing / (computing + writing)


def _run_whole(each: OutputFormat, folder: Path) -> float:
    started_at = time.perf_counter()
    run_sweep(SPEC, INDEX_FILE, folder, options=SweepOptions(output_format=each))
    return time.perf_counter() - started_at


def _check_same(theirs: np.ndarray, bars: Bars, blocks: Sequence[Block]) -> None:
    strategy = find_strategy("ma_crossover")
    cells = [
        (job.parameters["ma_short"], job.parameters["ma_long"])
        for block in blocks
        for job in block.jobs
    ]
    if cells != list(product(SHORTS, LONGS)):
        raise SystemExit("bench: the two sides have other cells.")
    results = [
        result.equity
        for block in blocks
        for result in evaluate_jobs(strategy, bars, block.jobs, EXECUTION)
    ]
    if not all(
        ours is not None and np.allclose(ours, curve, rtol=1e-9, atol=0)
        for ours, curve in zip(results, theirs, strict=True)
    ):
        raise SystemExit("bench: the two sides have other curves.")


def _shown(seconds: Sequence[float]) -> str:
    return f"{median(seconds):.2f} s (from {min(seconds):.2f} to {max(seconds):.2f} s)"


def _ratio(theirs: Sequence[float], ours: Sequence[float]) -> str:
    ratio = median(one / other for one, other in zip(theirs, ours, strict=True))
    return f"{ratio:.1f} times faster"
