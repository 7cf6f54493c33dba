"""A sweep from spec to folder: everything is checked first, then run and recorded by blocks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from curvehouse.identity import check_run_id, sweep_run_id
from curvehouse.sweep.backends import run_locally, run_on_dask, worker_count
from curvehouse.sweep.bars import Bars, bars_sha256
from curvehouse.sweep.blocks import Block, BlockTask, cut_blocks
from curvehouse.sweep.engine import Execution
from curvehouse.sweep.folder import RunFolder, open_run_folder
from curvehouse.sweep.options import Backend, SweepOptions
from curvehouse.sweep.output import put_files
from curvehouse.sweep.plan import plan_jobs
from curvehouse.sweep.price_file import load_bars
from curvehouse.sweep.resampling import plan_resampling
from curvehouse.sweep.spec import SweepSpec, spec_sha256

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from curvehouse.sweep.blocks import BlockOutcome
    from curvehouse.sweep.journal import Journal

__all__ = ["SweepOutcome", "run_sweep"]

_SCHEMA_VERSION = 1


@dataclass(frozen=True)
class SweepOutcome:
    """What a sweep left behind.

    Attributes
    ----------
    run_folder : Path
    run_id : str
    job_counts : dict of str to int
        Jobs by status, the most frequent first.
    was_already_done : bool
        True when the folder was finished before, and nothing was done.
    """

    run_folder: Path
    run_id: str
    job_counts: dict[str, int]
    was_already_done: bool


def run_sweep(
    spec: SweepSpec,
    bars_file: Path,
    results: Path,
    *,
    options: SweepOptions | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> SweepOutcome:
    """Run a sweep into ``results/<run_id>``.

    A folder that a sweep of the same spec and bars has finished is left as it is; in one that was
    cut off the blocks that are missing are run, with the same files as a result.

    Parameters
    ----------
    spec : SweepSpec
    bars_file : Path
        Prices of the spec's symbols.
    results : Path
        Folder of runs; made where it is missing.
    options : SweepOptions, optional
    on_progress : callable, optional
        Called with the number of jobs done and planned, now and then.

    Raises
    ------
    UsageError
        When the spec can't be planned or run on these bars, or the run's folder is another run's.
    InvalidInputError
        When the bars can't be used.

    Notes
    -----
    A job that fails is a row with its status, not an error of the sweep.
    """
    options = options or SweepOptions()
    options.check()
    if spec.run_id is not None:
        check_run_id(spec.run_id)
    jobs = plan_jobs(spec, max_jobs=options.max_jobs)
    bars = load_bars(bars_file, spec.symbols)
    blocks = list(cut_blocks(jobs, bars))
    manifest = _manifest(spec, bars, options, total_jobs=len(jobs))
    tasks = _tasks(spec, bars, options, results / manifest["run_id"])
    with open_run_folder(results / manifest["run_id"], manifest) as folder:
        was_already_done = folder.is_finished
        if was_already_done:
            counts = folder.job_counts()
        else:
            folder.begin(manifest)
            with folder.journal(blocks) as journal:
                _run_blocks(
                    blocks, tasks, options, journal=journal, folder=folder, on_progress=on_progress
                )
                folder.finish(journal)
                counts = Counter(status for each in journal.statuses.values() for status in each)
    return SweepOutcome(
        folder.path, manifest["run_id"], dict(counts.most_common()), was_already_done
    )


def _manifest(
    spec: SweepSpec, bars: Mapping[str, Bars], options: SweepOptions, *, total_jobs: int
) -> dict[str, Any]:
    fingerprints = {
        "spec_sha256": spec_sha256(spec),
        "bars_sha256": bars_sha256(bars.values()),
    }
    return {
        "schema_version": _SCHEMA_VERSION,
        "run_id": spec.run_id or sweep_run_id(*fingerprints.values()),
        "created_at": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        **spec.content(),
        "format": options.output_format.value,
        "total_jobs": total_jobs,
        **fingerprints,
    }


def _tasks(
    spec: SweepSpec, bars: Mapping[str, Bars], options: SweepOptions, folder: Path
) -> Callable[[Block], BlockTask]:
    """Return what makes a task of a block, and check that histories can be resampled."""
    execution = Execution(spec.starting_cash, spec.fee_bps, spec.slippage_bps)
    resamplings = plan_resampling(bars, spec.mean_block_bars) if spec.is_resampled else {}

    def task(block: Block) -> BlockTask:
        return BlockTask(
            block=block,
            bars=bars[block.symbol],
            execution=execution,
            resampling=resamplings.get(block.symbol),
            output_format=options.output_format,
            folder=folder.absolute() if options.backend is Backend.LOCAL else None,
            job_timeout=options.job_timeout,
        )

    return task


def _run_blocks(
    blocks: Sequence[Block],
    task: Callable[[Block], BlockTask],
    options: SweepOptions,
    *,
    journal: Journal,
    folder: RunFolder,
    on_progress: Callable[[int, int], None] | None,
) -> None:
    """Run the blocks that the journal lacks, and record each."""
    missing = [block for block in blocks if block.number not in journal.statuses]
    planned = sum(len(block.jobs) for block in blocks)
    done = planned - sum(len(block.jobs) for block in missing)
    if on_progress is not None:
        on_progress(done, planned)
    for outcome in _outcomes(map(task, missing), options, len(missing)):
        if outcome.contents:
            put_files(folder.path, outcome.contents)
        journal.append(outcome)
        done += len(outcome.rows)
        if on_progress is not None:
            on_progress(done, planned)


def _outcomes(
    tasks: Iterator[BlockTask], options: SweepOptions, count: int
) -> Iterator[BlockOutcome]:
    if count == 0:
        return iter(())
    if options.scheduler is not None:
        return run_on_dask(tasks, options.scheduler)
    return run_locally(tasks, min(options.workers or worker_count(), count))
