"""The command ``sweep``."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curvehouse.cli.app import HomeOption, app, say, to_home
from curvehouse.cli.sweep_help import SweepCommand
from curvehouse.sweep.options import MAX_JOBS, Backend, OutputFormat, SweepOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["sweep"]

_SpecArgument = Annotated[
    Path, typer.Argument(metavar="SPEC.json", help="The sweep spec.", show_default=False)
]
_BarsOption = Annotated[
    Path,
    typer.Option(
        "--bars",
        metavar="FILE",
        help="Prices (.csv, .csv.gz or .parquet): a date and a column of closes per symbol, "
        "or OHLCV rows.",
        show_default=False,
    ),
]
_ResultsOption = Annotated[
    Path | None,
    typer.Option(
        "--results", metavar="DIR", help="Folder of runs, else results in the warehouse's folder."
    ),
]


_FormatOption = Annotated[
    OutputFormat,
    typer.Option("--format", help="A CSV file per curve, or Parquet files of many."),
]
_WorkersOption = Annotated[
    int | None,
    typer.Option("--workers", metavar="N", min=1, help="Processes, else one per core."),
]
_BackendOption = Annotated[
    Backend, typer.Option("--backend", help="This machine, or a Dask cluster.")
]
_SchedulerOption = Annotated[
    str | None,
    typer.Option("--scheduler", metavar="ADDRESS", help="Of the Dask cluster."),
]
_TimeoutOption = Annotated[
    float | None,
    typer.Option(
        "--job-timeout",
        metavar="SECONDS",
        min=0.001,
        help="A job that takes longer is marked timed_out, else there is no limit.",
    ),
]
_MaxJobsOption = Annotated[
    int,
    typer.Option("--max-jobs", metavar="N", min=1, help="Refuse a grid that plans more."),
]


@app.command("sweep", cls=SweepCommand)
def sweep(
    spec: _SpecArgument,
    *,
    bars: _BarsOption,
    results: _ResultsOption = None,
    output_format: _FormatOption = OutputFormat.CSV,
    workers: _WorkersOption = None,
    backend: _BackendOption = Backend.LOCAL,
    scheduler: _SchedulerOption = None,
    job_timeout: _TimeoutOption = None,
    max_jobs: _MaxJobsOption = MAX_JOBS,
    home: HomeOption = None,
) -> None:
    """Run strategies over a grid of parameters and seeds, one equity curve per job.

    The spec names strategies, symbols and the values to try. A strategy takes the keys of the
    grid that it declares; seeds multiply the strategies that draw random numbers. With
    "resample": "stationary_bootstrap" each seed draws a history from the bars instead, in blocks
    of "mean_block_bars" (20), and multiplies every strategy.

    \b
    Example, with this in spec.json:
      {"strategies": ["ma_crossover", "random_flip"], "symbols": ["SP500"],
       "param_grid": {"ma_short": [5, 10], "ma_long": [20, 50]},
       "seeds": [1, 2, 3], "fee_bps": 1, "slippage_bps": 2}
    \b
      curvehouse sweep spec.json --bars sp500.csv --results results

    The last line of standard output is the run's folder. A folder that is finished is left as it
    is; where a sweep was cut off, it goes on. Jobs that fail are counted and listed in its
    jobs.jsonl, and do not fail the command.
    """
    from curvehouse.sweep import load_spec, run_sweep

    started_at = time.monotonic()
    chosen = load_spec(spec)
    folder = to_home(home).root / "results" if results is None else results
    options = SweepOptions(
        output_format=output_format,
        workers=workers,
        backend=backend,
        scheduler=scheduler,
        job_timeout=job_timeout,
        max_jobs=max_jobs,
    )
    with _progress() as on_progress:
        outcome = run_sweep(chosen, bars, folder, options=options, on_progress=on_progress)
    counts = _counts(outcome.job_counts)
    if outcome.was_already_done:
        say(f"{counts}; finished before, nothing to do")
    else:
        say(f"{counts}, in {time.monotonic() - started_at:.1f} s")
    typer.echo(outcome.run_folder)


def _counts(job_counts: Mapping[str, int]) -> str:
    total = sum(job_counts.values())
    by_status = ", ".join(f"{count} {status}" for status, count in job_counts.items())
    return f"{total} job{'' if total == 1 else 's'}: {by_status}"


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None] | None]:
    """Yield what shows progress on standard error; None where that is not a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as TimeLeft

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("jobs, {task.fields[rate]}"),
        TimeLeft(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("sweep", total=None, rate="starting")

        def show(done: int, planned: int) -> None:
            if progress.tasks[0].total is None:
                # What an earlier start has done says nothing about the speed of this one.
                progress.reset(task, completed=done, total=planned, rate="starting")
            speed = progress.tasks[0].speed
            rate = "starting" if speed is None else f"{speed:.0f} per second"
            progress.update(task, completed=done, total=planned, rate=rate)

        yield show
