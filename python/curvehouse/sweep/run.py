"""A sweep from spec to folder: everything is checked first, then written job by job."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from curvehouse.identity import check_run_id, sweep_run_id
from curvehouse.sweep.bars import Bars, bars_sha256, load_bars
from curvehouse.sweep.engine import Execution
from curvehouse.sweep.evaluate import JobResult, evaluate_jobs
from curvehouse.sweep.files import TimeTexts, equity_csv, trades_csv
from curvehouse.sweep.folder import RunFolder, open_run_folder
from curvehouse.sweep.plan import Job, plan_jobs
from curvehouse.sweep.spec import SweepSpec, spec_sha256
from curvehouse.sweep.strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["SweepOutcome", "run_sweep"]

_SCHEMA_VERSION = 1

# Jobs run in blocks of about so many equity values: 4 MB each for the few arrays of that size.
_BLOCK_VALUES = 500_000


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
    on_progress: Callable[[int, int], None] | None = None,
) -> SweepOutcome:
    """Run a sweep into ``results/<run_id>``.

    A folder that a sweep of the same spec and bars has finished is left as it is; one that was cut
    off is computed again, with the same files as a result.

    Parameters
    ----------
    spec : SweepSpec
    bars_file : Path
        Prices of the spec's symbols.
    results : Path
        Folder of runs; made where it is missing.
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
    if spec.run_id is not None:
        check_run_id(spec.run_id)
    jobs = plan_jobs(spec)
    bars = load_bars(bars_file, spec.symbols)
    manifest = _manifest(spec, bars, total_jobs=len(jobs))
    run_id = str(manifest["run_id"])
    with open_run_folder(results / run_id, manifest) as folder:
        was_already_done = folder.is_finished
        if was_already_done:
            statuses = folder.job_statuses()
        else:
            folder.begin(manifest)
            rows = _run_jobs(jobs, bars, _execution(spec), folder, on_progress)
            folder.finish(rows)
            statuses = [row["status"] for row in rows]
    counts = dict(Counter(statuses).most_common())
    return SweepOutcome(folder.path, run_id, counts, was_already_done)


def _manifest(spec: SweepSpec, bars: Mapping[str, Bars], *, total_jobs: int) -> dict[str, Any]:
    fingerprints = {
        "spec_sha256": spec_sha256(spec),
        "bars_sha256": bars_sha256(bars.values()),
    }
    return {
        "schema_version": _SCHEMA_VERSION,
        "run_id": spec.run_id or sweep_run_id(*fingerprints.values()),
        "created_at": _iso(datetime.now(UTC), "seconds"),
        **spec.model_dump(mode="json", exclude={"run_id"}),
        "total_jobs": total_jobs,
        **fingerprints,
    }


def _execution(spec: SweepSpec) -> Execution:
    return Execution(spec.starting_cash, spec.fee_bps, spec.slippage_bps)


def _run_jobs(
    jobs: Sequence[Job],
    bars: Mapping[str, Bars],
    execution: Execution,
    folder: RunFolder,
    on_progress: Callable[[int, int], None] | None,
) -> list[dict[str, Any]]:
    times = {symbol: TimeTexts.of(series.times) for symbol, series in bars.items()}
    rows: list[dict[str, Any]] = []
    for block in _blocks(jobs, bars):
        started_at, start = datetime.now(UTC), time.perf_counter()
        strategy, series = STRATEGIES[block[0].strategy], bars[block[0].symbol]
        results = evaluate_jobs(strategy, series.closes, block, execution)
        for job, result in zip(block, results, strict=True):
            _write_result(job, result, times[job.symbol], folder)
        seconds = (time.perf_counter() - start) / len(block)
        rows += [
            _job_row(job, result, started_at, seconds)
            for job, result in zip(block, results, strict=True)
        ]
        if on_progress is not None:
            on_progress(len(rows), len(jobs))
    return rows


def _blocks(jobs: Sequence[Job], bars: Mapping[str, Bars]) -> Iterator[list[Job]]:
    """Yield runs of jobs that share a strategy and a symbol, as many as memory allows."""
    for (_, symbol), group in groupby(jobs, key=lambda job: (job.strategy, job.symbol)):
        alike = list(group)
        size = max(1, _BLOCK_VALUES // len(bars[symbol].closes))
        for start in range(0, len(alike), size):
            yield alike[start : start + size]


def _write_result(job: Job, result: JobResult, times: TimeTexts, folder: RunFolder) -> None:
    equity, trades = result.equity, result.trades
    folder.write_job(
        job,
        equity=None if equity is None else equity_csv(times, equity),
        trades=None if trades is None else trades_csv(job.symbol, times, trades),
    )


def _job_row(job: Job, result: JobResult, started_at: datetime, seconds: float) -> dict[str, Any]:
    """Return a line of jobs.jsonl; a job's time is its share of the block it ran in."""
    return {
        "strategy": job.strategy,
        "param_hash": job.param_hash,
        "params": dict(job.parameters),
        "seed": job.seed,
        "symbol": job.symbol,
        "status": result.status.value,
        "error": result.error,
        "started_at": _iso(started_at, "milliseconds"),
        "seconds": round(seconds, 6),
    }


def _iso(moment: datetime, precision: str) -> str:
    return moment.isoformat(timespec=precision).replace("+00:00", "Z")
