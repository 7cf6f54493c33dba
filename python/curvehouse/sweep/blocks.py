"""The pieces a sweep is computed in: a few jobs at a time, with all that is needed for them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from curvehouse.sweep.bars import Bars
    from curvehouse.sweep.engine import Execution
    from curvehouse.sweep.options import OutputFormat
    from curvehouse.sweep.output import Content
    from curvehouse.sweep.plan import Job
    from curvehouse.sweep.resampling import Resampling

__all__ = ["Block", "BlockOutcome", "BlockTask", "cut_blocks"]

# Jobs run in blocks of about so many equity values: 8 MB each for the few arrays of that size. The
# results are the same for any size, but where files hold whole blocks, it says which.
_BLOCK_VALUES = 1_000_000


@dataclass(frozen=True)
class Block:
    """Jobs of one strategy and one symbol that run together.

    Attributes
    ----------
    number : int
        Its place in the sweep.
    part : int
        Its place among the blocks of its strategy.
    jobs : tuple of Job
    """

    number: int
    part: int
    jobs: tuple[Job, ...]

    @property
    def strategy(self) -> str:
        """The strategy of all its jobs."""
        return self.jobs[0].strategy

    @property
    def symbol(self) -> str:
        """The symbol of all its jobs."""
        return self.jobs[0].symbol


@dataclass(frozen=True)
class BlockTask:
    """A block with all that is needed to run it, wherever that is.

    Attributes
    ----------
    folder : Path, optional
        The run's folder where the files are written at once; None where they are handed back.
    job_timeout : float, optional
        Seconds that a job may take.
    """

    block: Block
    bars: Bars
    execution: Execution
    resampling: Resampling | None
    output_format: OutputFormat
    folder: Path | None
    job_timeout: float | None


@dataclass(frozen=True)
class BlockOutcome:
    """What became of a block.

    Attributes
    ----------
    number : int
        Of the block.
    rows : list of dict
        A line of jobs.jsonl per job.
    sizes : dict of str to int
        Bytes of each file, by its path within the run's folder.
    contents : dict of str to bytes, buffer or None
        Files that are still to be written, and (None) removed.
    """

    number: int
    rows: list[dict[str, object]]
    sizes: dict[str, int]
    contents: dict[str, Content]


def cut_blocks(jobs: Sequence[Job], bars: Mapping[str, Bars]) -> Iterator[Block]:
    """Yield the jobs in blocks, as many together as memory allows, however they will be run."""
    number = 0
    for _, of_strategy in groupby(jobs, key=lambda job: job.strategy):
        part = 0
        for symbol, group in groupby(of_strategy, key=lambda job: job.symbol):
            alike = tuple(group)
            size = max(1, _BLOCK_VALUES // len(bars[symbol]))
            for start in range(0, len(alike), size):
                yield Block(number, part, alike[start : start + size])
                number, part = number + 1, part + 1
