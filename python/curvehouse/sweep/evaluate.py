"""What became of each job: its status, curve and trades. A job that fails takes no other along."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from curvehouse.sweep.engine import Simulation, simulate
from curvehouse.sweep.resampling import resampled_bars

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from curvehouse.sweep.bars import Bars
    from curvehouse.sweep.engine import Execution, Trades
    from curvehouse.sweep.plan import Job
    from curvehouse.sweep.resampling import Resampling
    from curvehouse.sweep.strategies import Strategy

__all__ = ["JobResult", "JobStatus", "evaluate_jobs"]

_ERROR_LENGTH = 1_000


class JobStatus(StrEnum):
    """How a job ended."""

    OK = "ok"
    NO_TRADES = "no_trades"
    RUINED = "ruined"
    NON_FINITE_EQUITY = "non_finite_equity"
    CRASHED = "crashed"
    TIMED_OUT = "timed_out"


@dataclass(frozen=True)
class JobResult:
    """The outcome of one job.

    Attributes
    ----------
    status : JobStatus
        ``ruined`` where equity reached zero, ``no_trades`` where the job never went long.
    error : str, optional
        Of a crashed job, or of one that took too long.
    equity : array of float64, shape (n_bars,), optional
        None where the job crashed, took too long or has equity that is not finite.
    trades : Trades, optional
        None where there is no equity, or no trade.
    """

    status: JobStatus
    error: str | None = None
    equity: NDArray[np.float64] | None = None
    trades: Trades | None = None


def evaluate_jobs(
    strategy: Strategy,
    bars: Bars,
    jobs: Sequence[Job],
    execution: Execution,
    resampling: Resampling | None = None,
) -> list[JobResult]:
    """Run the jobs of one strategy on one symbol; return their results in the same order.

    Those that share a history run together. When the strategy raises, each runs alone, so that only
    the guilty ones are marked as crashed.
    """
    bars = bars.read_only()
    if resampling is None:
        return _evaluate_together(strategy, bars, jobs, execution)
    results = []
    for seed, group in groupby(jobs, key=lambda job: job.seed):
        history = resampled_bars(bars, resampling, seed or 0).read_only()
        results += _evaluate_together(strategy, history, list(group), execution)
    return results


def _evaluate_together(
    strategy: Strategy, bars: Bars, jobs: Sequence[Job], execution: Execution
) -> list[JobResult]:
    try:
        with np.errstate(all="ignore"):
            positions = _positions(strategy, bars, jobs)
            return _judge(simulate(positions, bars.closes, execution))
    # A strategy may also call `sys.exit`; a worker process has no other use for it.
    except (Exception, SystemExit) as error:
        if len(jobs) == 1:
            return [JobResult(JobStatus.CRASHED, error=_describe(error))]
    return [_evaluate_together(strategy, bars, [job], execution)[0] for job in jobs]


def _positions(strategy: Strategy, bars: Bars, jobs: Sequence[Job]) -> NDArray[np.bool_]:
    grid, seeds = [job.parameters for job in jobs], [job.seed for job in jobs]
    positions = strategy.positions(bars, grid, seeds)
    if not isinstance(positions, np.ndarray):
        raise TypeError(f"{strategy.name} returned {type(positions).__name__}, not an array")
    shape = (len(bars), len(jobs))
    if positions.shape != shape or positions.dtype != np.bool_:
        raise TypeError(
            f"{strategy.name} returned {positions.dtype} of shape {positions.shape}, "
            f"not bool of shape {shape}"
        )
    return positions


def _judge(simulation: Simulation) -> list[JobResult]:
    lowest, highest = simulation.equity.min(axis=1), simulation.equity.max(axis=1)
    # A NaN makes both extremes NaN, an infinity one of them infinite.
    is_finite = np.isfinite(lowest) & np.isfinite(highest)
    results = []
    for number, equity in enumerate(simulation.equity):
        start, stop = simulation.trade_bounds[number : number + 2].tolist()
        if not is_finite[number]:
            results.append(JobResult(JobStatus.NON_FINITE_EQUITY))
        elif start == stop:
            results.append(JobResult(JobStatus.NO_TRADES, equity=equity))
        else:
            status = JobStatus.RUINED if lowest[number] <= 0 else JobStatus.OK
            trades = simulation.trades.between(start, stop)
            results.append(JobResult(status, equity=equity, trades=trades))
    return results


def _describe(error: BaseException) -> str:
    text = f"{type(error).__name__}: {error}"[:_ERROR_LENGTH]
    return text.encode("utf-8", "replace").decode("utf-8")
