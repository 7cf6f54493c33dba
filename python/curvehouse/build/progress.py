"""What a person sees while dbt runs: a bar on a terminal, a few plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column

from curvehouse.build.dbt_process import BuildStep

__all__ = ["showing_progress"]

_QUARTERS = 4
# With the bar and the counts, a line of 80 columns.
_NAME_WIDTH = 36


@contextmanager
def showing_progress() -> Iterator[Callable[[BuildStep], None]]:
    """Yield a function that shows each step on standard error."""
    if sys.stderr.isatty():
        with _bar() as show:
            yield show
    else:
        yield _PlainLines().show


@contextmanager
def _bar() -> Iterator[Callable[[BuildStep], None]]:
    columns = (
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", table_column=Column(no_wrap=True)),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None, visible=False)

        def show(step: BuildStep) -> None:
            progress.update(
                task,
                completed=step.done,
                total=step.total or None,
                description=step.name[:_NAME_WIDTH],
                visible=True,
            )

        yield show


class _PlainLines:
    """A line at the start and at each quarter of the way."""

    def __init__(self) -> None:
        self._started_at = time.monotonic()
        self._quarters_shown = -1

    def show(self, step: BuildStep) -> None:
        if not step.total:
            self._say(step.name)
            return
        quarters = _QUARTERS * step.done // step.total
        if quarters > self._quarters_shown:
            self._quarters_shown = quarters
            elapsed = time.monotonic() - self._started_at
            self._say(f"{step.done} of {step.total} models and tests, {elapsed:.0f} s")

    def _say(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)
