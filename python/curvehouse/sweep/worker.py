"""The process that computes blocks: ``python -m curvehouse.sweep.worker DESCRIPTOR``.

It is told what to do over a socket, and can be killed at any moment.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from datetime import UTC, datetime
from functools import cache
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from curvehouse.sweep.blocks import BlockOutcome
from curvehouse.sweep.evaluate import evaluate_jobs
from curvehouse.sweep.output import encode_block, put_files
from curvehouse.sweep.registry import find_strategy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from curvehouse.sweep.blocks import BlockTask
    from curvehouse.sweep.evaluate import JobResult
    from curvehouse.sweep.output import Content
    from curvehouse.sweep.plan import Job

__all__ = ["COMPUTED", "DONE", "FAILED", "STARTED", "block_outcome", "job_row"]

# What a worker says, in this order; the last is DONE or FAILED, with a value.
STARTED, COMPUTED, DONE, FAILED = "started", "computed", "done", "failed"

# A worker that nobody needs any more, as on a cluster after the sweep, goes away.
_IDLE_SECONDS = 30.0
_WATCH_SECONDS = 0.2

_strategy = cache(find_strategy)


def main() -> None:
    """Serve the process that started this one, until it or the need is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, args=[os.getppid()], daemon=True).start()
    with Connection(int(sys.argv[1])) as connection:
        try:
            while connection.poll(_IDLE_SECONDS):
                _serve(connection, *connection.recv())
        except (EOFError, BrokenPipeError, ConnectionResetError):
            return


def _serve(connection: Connection, task: BlockTask, job_number: int | None) -> None:
    """Run a whole block, or one job of it, and say what came of it."""
    try:
        block = task.block
        strategy = _strategy(block.strategy)
        jobs = block.jobs if job_number is None else [block.jobs[job_number]]
        connection.send((STARTED, None))
        started_at, start = datetime.now(UTC), time.perf_counter()
        results = evaluate_jobs(strategy, task.bars, jobs, task.execution, task.resampling)
        connection.send((COMPUTED, None))
        if job_number is not None:
            seconds = time.perf_counter() - start
            answer: Any = (results[0], job_row(jobs[0], results[0], started_at, seconds))
        else:
            contents = encode_block(block, results, task.bars, task.output_format)
            answer = _outcome(task, results, contents, started_at, start)
    except Exception as error:
        connection.send((FAILED, error))
    else:
        connection.send((DONE, answer))


def _outcome(
    task: BlockTask,
    results: Sequence[JobResult],
    contents: dict[str, Content],
    started_at: datetime,
    start: float,
) -> BlockOutcome:
    outcome = block_outcome(task, [], contents)
    jobs = task.block.jobs
    seconds = (time.perf_counter() - start) / len(jobs)
    outcome.rows.extend(
        job_row(job, result, started_at, seconds) for job, result in zip(jobs, results, strict=True)
    )
    return outcome


def block_outcome(
    task: BlockTask, rows: list[dict[str, object]], contents: dict[str, Content]
) -> BlockOutcome:
    """Write a block's files where that is wanted here, and return what became of it."""
    if task.folder is None:
        sizes = {name: len(content) for name, content in contents.items() if content is not None}
        return BlockOutcome(task.block.number, rows, sizes, contents)
    return BlockOutcome(task.block.number, rows, put_files(task.folder, contents), {})


def job_row(job: Job, result: JobResult, started_at: datetime, seconds: float) -> dict[str, object]:
    """Return a line of jobs.jsonl; a job's time is its share of the block it ran in."""
    return {
        "strategy": job.strategy,
        "param_hash": job.param_hash,
        "params": dict(job.parameters),
        "seed": job.seed,
        "symbol": job.symbol,
        "status": result.status.value,
        "error": result.error,
        "started_at": started_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "seconds": round(seconds, 6),
    }


def _end_with_parent(parent: int) -> None:
    """End this process when the one that started it is gone, whatever a strategy is doing."""
    while os.getppid() == parent:
        time.sleep(_WATCH_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main()
