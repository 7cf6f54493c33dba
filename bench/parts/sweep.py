"""Sweeping a grid of moving averages, beside vectorbt's own way of doing the same."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bench.comparison import Call, Comparison, Outcome, Pair, Side, Target, Work
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

__all__ = ["comparisons"]

SYMBOL, STRATEGY = "INDEX", "ma_crossover"
BARS, QUICK_BARS = 8_313, 1_000
CASH, FEE_BPS, SLIPPAGE_BPS = 100_000.0, 2.0, 1.0
EXECUTION = Execution(CASH, FEE_BPS, SLIPPAGE_BPS)
VECTORBT = "vectorbt, compiled and warm, curves in memory"

Floats = NDArray[np.float64]

# Looked for once, as in a worker.
_strategy = cache(find_strategy)


def comparisons(folder: Path, *, quick: bool) -> Iterator[Comparison]:
    """Yield the curves alone, and with the files of either format."""
    bars = _write_bars(folder, QUICK_BARS if quick else BARS)
    shorts = list(range(2, 42, 10 if quick else 1))
    longs = list(range(50, 300, 50 if quick else 5))
    cells = f"{len(shorts) * len(longs):,} moving-average cells of {bars[1]:,} bars"
    peer = Side(VECTORBT, Call(vectorbt_curves, (bars[0], shorts, longs), warm_ups=1))
    same = "every equity of every cell"
    yield Comparison(
        "curves",
        f"{cells}, with fees and slippage, in one process",
        Side("curvehouse", Call(compute, (bars[0], shorts, longs), warm_ups=1, repeats=5)),
        peer,
        same,
        _pairs,
        target=Target(at_least=50),
    )
    for each, at_least in ((OutputFormat.PARQUET, 20), (OutputFormat.CSV, 3)):
        yield Comparison(
            f"{each.value} files",
            f"the same, with curves and trades on disk, in {worker_count()} processes",
            Side("curvehouse", Call(write, (bars[0], shorts, longs, each.value, str(folder)))),
            peer,
            f"{same}, read from the files",
            _pairs,
            target=Target(at_least=at_least),
            daily_rows=len(shorts) * len(longs) * bars[1],
        )


def compute(bars_file: str, shorts: list[int], longs: list[int]) -> Work:
    """Compute all curves in this process, a block after the other, as a sweep does."""
    bars, blocks = _planned(_spec(shorts, longs), bars_file)

    def work() -> Outcome:
        for block in blocks:
            _evaluated(block, bars)
        return Outcome(
            # Once more, for a sweep writes each block and does not hold them all.
            lambda: np.array([each.equity for block in blocks for each in _evaluated(block, bars)])
        )

    return work


def write(bars_file: str, shorts: list[int], longs: list[int], form: str, folder: str) -> Work:
    """Compute all curves and write them, in as many processes as there are cores."""
    spec, each = _spec(shorts, longs), OutputFormat(form)
    bars, blocks = _planned(spec, bars_file)
    run = Path(folder) / "run"
    pool = WorkerPool()

    def work() -> Outcome:
        with pool:
            # The processes are there, as in the middle of a long sweep.
            list(run_in_pool(_tasks(blocks[:2], bars, each, run / "first"), worker_count(), pool))
            started_at = time.perf_counter()
            list(run_in_pool(_tasks(blocks, bars, each, run / "all"), worker_count(), pool))
            seconds = time.perf_counter() - started_at
        also = _steps(blocks, bars, each, run / "steps")
        started_at = time.perf_counter()
        options = SweepOptions(output_format=each)
        run_sweep(spec, Path(bars_file), run / "whole", options=options)
        also["with planning and starting processes"] = time.perf_counter() - started_at
        files = [path for path in (run / "all").rglob("*") if path.is_file()]
        also["files bytes"] = float(sum(path.stat().st_size for path in files))
        hashes = [job.param_hash for block in blocks for job in block.jobs]
        return Outcome(
            partial(_curves_read, run / "all", hashes),
            seconds,
            also,
            # Else the system is still busy with these files when the next are measured.
            clean=lambda: shutil.rmtree(run),
        )

    return work


def vectorbt_curves(bars_file: str, shorts: list[int], longs: list[int]) -> Work:
    """Compute indicators, signals and portfolios by vectorbt."""
    import vectorbt

    closes = load_bars(Path(bars_file), [SYMBOL])[SYMBOL].closes

    def work() -> Outcome:
        windows = np.repeat(shorts, len(longs)).tolist(), np.tile(longs, len(shorts)).tolist()
        short, long = (vectorbt.MA.run(closes, window=each).ma.to_numpy() for each in windows)
        is_long = short > long
        was_long = np.zeros_like(is_long)
        was_long[1:] = is_long[:-1]
        portfolio = vectorbt.Portfolio.from_signals(
            closes[:, None],
            entries=is_long & ~was_long,
            exits=was_long & ~is_long,
            fees=FEE_BPS / 1e4,
            slippage=SLIPPAGE_BPS / 1e4,
            init_cash=CASH,
            freq="1D",
        )
        value = portfolio.value().to_numpy()
        return Outcome(lambda: value.T)

    return work


def _pairs(ours: Floats, theirs: Floats) -> Iterator[Pair]:
    yield Pair("equity by cell and bar", ours, theirs)


def _write_bars(folder: Path, count: int) -> tuple[str, int]:
    """Write closes of a random walk as quiet as a stock index; return the file and its length."""
    draw = np.random.default_rng(1)
    closes = 350 * np.exp(np.cumsum(draw.normal(0.0003, 0.011, count)))
    days = np.busday_offset("1990-01-02", np.arange(count), roll="forward")
    file = folder / "bars.csv"
    pl.DataFrame({"Date": days, SYMBOL: closes}).write_csv(file)
    return str(file), count


def _spec(shorts: list[int], longs: list[int]) -> SweepSpec:
    return SweepSpec(
        run_id="bench",
        strategies=[STRATEGY],
        symbols=[SYMBOL],
        param_grid={"ma_short": [*shorts], "ma_long": [*longs]},
        fee_bps=FEE_BPS,
        slippage_bps=SLIPPAGE_BPS,
        starting_cash=CASH,
    )


def _planned(spec: SweepSpec, bars_file: str) -> tuple[Bars, list[Block]]:
    bars = load_bars(Path(bars_file), [SYMBOL])
    return bars[SYMBOL], list(cut_blocks(plan_jobs(spec), bars))


def _evaluated(block: Block, bars: Bars) -> Sequence[Any]:
    return evaluate_jobs(_strategy(STRATEGY), bars, block.jobs, EXECUTION)


def _tasks(
    blocks: Sequence[Block], bars: Bars, each: OutputFormat, folder: Path
) -> Iterator[BlockTask]:
    return (BlockTask(block, bars, EXECUTION, None, each, folder, None) for block in blocks)


def _steps(
    blocks: Sequence[Block], bars: Bars, each: OutputFormat, folder: Path
) -> dict[str, float]:
    """Return the seconds of each step, one after the other in this process."""
    taken = np.zeros(3)
    for block in blocks:
        times = [time.perf_counter()]
        results = _evaluated(block, bars)
        times.append(time.perf_counter())
        files = encode_block(block, results, bars, each)
        times.append(time.perf_counter())
        put_files(folder, files)
        times.append(time.perf_counter())
        taken += np.diff(times)
    steps = ("computing", "encoding", "writing files")
    return dict(zip((f"{step} in one process" for step in steps), taken.tolist(), strict=True))


def _curves_read(folder: Path, param_hashes: Sequence[str]) -> Floats:
    """Return the curves in the files, in the order of the cells."""
    by_hash = {
        path.name.removesuffix("_equity.csv"): pl.read_csv(path, columns=["equity"])
        for path in folder.rglob("*_equity.csv")
    }
    for path in folder.rglob("*_equity.parquet"):
        parts = pl.read_parquet(path, columns=["param_hash", "equity"]).partition_by(
            "param_hash", as_dict=True, maintain_order=True
        )
        by_hash |= {str(key[0]): part for key, part in parts.items()}
    return np.array([by_hash[param_hash]["equity"].to_numpy() for param_hash in param_hashes])
