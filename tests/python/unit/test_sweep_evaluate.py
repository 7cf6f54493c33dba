"""What becomes of a job."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from curvehouse.sweep.bars import Bars
from curvehouse.sweep.engine import Execution
from curvehouse.sweep.evaluate import JobResult, JobStatus, evaluate_jobs
from curvehouse.sweep.plan import Job
from curvehouse.sweep.strategies import Parameters, Strategy
from sweep_runs import made_bars


def evaluate(
    strategy: Strategy,
    closes: Sequence[float],
    count: int = 1,
    execution: Execution | None = None,
) -> list[JobResult]:
    jobs = [Job(strategy.name, "A", {"number": number}, None, "") for number in range(count)]
    return evaluate_jobs(strategy, made_bars(closes), jobs, execution or Execution())


def alternating(
    bars: Bars, grid: Sequence[Parameters], seeds: Sequence[int | None]
) -> NDArray[np.bool_]:
    return np.repeat((np.arange(len(bars)) % 2 == 0)[:, None], len(grid), axis=1)


def test_ok_and_no_trades() -> None:
    def even_jobs(
        bars: Bars, grid: Sequence[Parameters], seeds: Sequence[int | None]
    ) -> NDArray[np.bool_]:
        is_even = np.array([job["number"] % 2 == 0 for job in grid])
        return np.repeat(is_even[None, :], len(bars), axis=0)

    ok, idle = evaluate(Strategy("even_jobs", "", (), even_jobs), [1.0, 2.0], count=2)
    assert (ok.status, idle.status) == (JobStatus.OK, JobStatus.NO_TRADES)
    assert ok.trades is not None
    assert len(ok.trades) == 1
    assert idle.trades is None
    assert idle.equity is not None
    assert idle.equity.tolist() == [100_000, 100_000]


def test_only_the_guilty_job_crashes() -> None:
    seen: list[int] = []

    def third_raises(
        bars: Bars, grid: Sequence[Parameters], seeds: Sequence[int | None]
    ) -> NDArray[np.bool_]:
        seen.append(len(grid))
        if any(job["number"] == 2 for job in grid):
            raise ZeroDivisionError("no window")
        return np.ones((len(bars), len(grid)), dtype=np.bool_)

    results = evaluate(Strategy("third_raises", "", (), third_raises), [1.0, 2.0], count=4)
    assert [result.status for result in results] == ["ok", "ok", "crashed", "ok"]
    assert results[2] == JobResult(JobStatus.CRASHED, error="ZeroDivisionError: no window")
    assert seen == [4, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("returned", "error"),
    [
        (np.ones((3, 1), dtype=np.bool_), "bool of shape (3, 1), not bool of shape (2, 1)"),
        (np.ones((2, 1)), "float64 of shape (2, 1), not bool"),
    ],
)
def test_a_strategy_that_returns_something_else_crashes(
    returned: NDArray[np.bool_], error: str
) -> None:
    (result,) = evaluate(Strategy("odd", "", (), lambda *_: returned), [1.0, 2.0])
    assert result.status == JobStatus.CRASHED
    assert error in str(result.error)


def test_an_error_text_fits_into_a_file() -> None:
    def raising(*_: object) -> NDArray[np.bool_]:
        raise ValueError("\ud800" + "x" * 5_000)

    (result,) = evaluate(Strategy("raising", "", (), raising), [1.0, 2.0])
    assert result.error is not None
    assert len(result.error.encode()) == 1_000


def test_equity_without_bounds_is_not_finite() -> None:
    (result,) = evaluate(Strategy("alternating", "", (), alternating), [1e-300, 1e300, 1.0])
    assert result == JobResult(JobStatus.NON_FINITE_EQUITY)


def test_costs_can_ruin() -> None:
    costs = Execution(fee_bps=9_999)
    (result,) = evaluate(Strategy("alternating", "", (), alternating), [1.0] * 400, execution=costs)
    assert result.status == JobStatus.RUINED
    assert result.equity is not None
    assert result.equity[-1] == 0
    assert np.isfinite(result.equity).all()


def test_a_strategy_that_exits_or_writes_to_the_bars_crashes() -> None:
    def exiting(*_: object) -> NDArray[np.bool_]:
        raise SystemExit(3)

    def writing(bars: Bars, *_: object) -> NDArray[np.bool_]:
        bars.closes[0] = 5
        return np.ones((2, 1), dtype=np.bool_)

    (exited,) = evaluate(Strategy("exiting", "", (), exiting), [1.0, 2.0])
    (wrote,) = evaluate(Strategy("writing", "", (), writing), [1.0, 2.0])
    assert exited == JobResult(JobStatus.CRASHED, error="SystemExit: 3")
    assert wrote.status == JobStatus.CRASHED
    assert "read-only" in str(wrote.error)


def test_what_is_no_array_crashes() -> None:
    (result,) = evaluate(Strategy("lists", "", (), lambda *_: [[True], [True]]), [1.0, 2.0])  # type: ignore[arg-type]
    assert result.error == "TypeError: lists returned list, not an array"
