"""Running a block so that a job that hangs or ends its process takes no other along."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from curvehouse.sweep.evaluate import JobResult, JobStatus
from curvehouse.sweep.output import encode_block
from curvehouse.sweep.worker import block_outcome, job_row
from curvehouse.sweep.worker_pool import JobTimedOutError, WorkerEndedError

if TYPE_CHECKING:
    from curvehouse.sweep.blocks import BlockOutcome, BlockTask
    from curvehouse.sweep.worker_pool import WorkerPool

__all__ = ["run_block"]


def run_block(task: BlockTask, pool: WorkerPool) -> BlockOutcome:
    """Run a block in a worker process of the pool.

    Its jobs run together, and have the time of one. When that fails, each runs alone, so that only
    the guilty ones are marked, and the block is put together from what the others came to.
    """
    try:
        outcome: BlockOutcome = pool.ask(task)
    except (WorkerEndedError, JobTimedOutError):
        results = [_run_alone(task, number, pool) for number in range(len(task.block.jobs))]
        contents = encode_block(
            task.block, [result for result, _ in results], task.bars, task.output_format
        )
        return block_outcome(task, [row for _, row in results], contents)
    return outcome


def _run_alone(
    task: BlockTask, number: int, pool: WorkerPool
) -> tuple[JobResult, dict[str, object]]:
    started_at = datetime.now(UTC)
    try:
        answer: tuple[JobResult, dict[str, object]] = pool.ask(task, number)
    except JobTimedOutError as error:
        result = JobResult(JobStatus.TIMED_OUT, error=str(error))
    except WorkerEndedError as error:
        result = JobResult(JobStatus.CRASHED, error=str(error))
    else:
        return answer
    seconds = (datetime.now(UTC) - started_at).total_seconds()
    return result, job_row(task.block.jobs[number], result, started_at, seconds)
