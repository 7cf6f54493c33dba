"""Where blocks run, in processes of this machine or on a Dask cluster; the results are the same."""

from __future__ import annotations

from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from joblib import Parallel, cpu_count, delayed

from curvehouse.errors import CurvehouseError, UsageError
from curvehouse.sweep.guard import run_block
from curvehouse.sweep.worker_pool import WorkerPool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curvehouse.sweep.blocks import BlockOutcome, BlockTask

__all__ = ["run_in_pool", "run_locally", "run_on_dask", "worker_count"]

# So that no thread of the cluster waits for its next block, and few are in flight.
_BLOCKS_PER_THREAD = 2
_CONNECT_SECONDS = 10


def worker_count() -> int:
    """Return how many processes this machine has cores for."""
    count: int = cpu_count()
    return count


def run_locally(tasks: Iterator[BlockTask], workers: int) -> Iterator[BlockOutcome]:
    """Run blocks in so many processes of this machine; yield the outcomes as they come."""
    with WorkerPool() as pool:
        yield from run_in_pool(tasks, workers, pool)


def run_in_pool(
    tasks: Iterator[BlockTask], workers: int, pool: WorkerPool
) -> Iterator[BlockOutcome]:
    """Run blocks in so many processes of a pool; yield the outcomes as they come.

    Each of joblib's threads drives a process of its own.
    """
    parallel = Parallel(
        n_jobs=workers, backend="threading", return_as="generator_unordered", batch_size=1
    )
    yield from parallel(delayed(run_block)(task, pool) for task in tasks)


def run_on_dask(tasks: Iterator[BlockTask], scheduler: str) -> Iterator[BlockOutcome]:
    """Run blocks on the Dask cluster of a scheduler; yield the outcomes as they come.

    Raises
    ------
    UsageError
        When Dask is not installed, or no scheduler answers at the address.
    CurvehouseError
        When the cluster has no workers, or loses a block.
    """
    try:
        from distributed import Client, as_completed  # noqa: PLC0415
        from distributed.scheduler import KilledWorker  # noqa: PLC0415
    except ImportError as error:
        raise UsageError(
            "--backend dask needs Dask: pip install 'curvehouse[dask]', here and on the workers."
        ) from error
    try:
        client = Client(scheduler, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"--scheduler {scheduler}: no Dask scheduler answers there; start one, or correct the "
            "address (tcp://HOST:8786)."
        ) from error
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise CurvehouseError(f"the Dask cluster at {scheduler} has no workers; start some.")
        first = islice(tasks, threads * _BLOCKS_PER_THREAD)
        running = as_completed(
            [client.submit(_run_here, task, pure=False) for task in first], loop=client.loop
        )
        try:
            for future in running:
                yield future.result()
                for task in islice(tasks, 1):
                    running.add(client.submit(_run_here, task, pure=False))
        except KilledWorker as error:
            raise CurvehouseError(
                "the Dask cluster lost several workers on one block; run the sweep again."
            ) from error


@cache
def _pool_here() -> WorkerPool:
    return WorkerPool()


def _run_here(task: BlockTask) -> BlockOutcome:
    """Run a block on a worker of the cluster, in a process that can be killed."""
    return run_block(task, _pool_here())
