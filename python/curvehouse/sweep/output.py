"""The files of a block: one of each kind per job as CSV, or one of each kind as Parquet."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from curvehouse.errors import CurvehouseError, UsageError
from curvehouse.sweep.files import TimeTexts, equity_csv, trades_csv
from curvehouse.sweep.options import OutputFormat

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from curvehouse.sweep.bars import Bars
    from curvehouse.sweep.blocks import Block
    from curvehouse.sweep.evaluate import JobResult

__all__ = [
    "UNFINISHED",
    "Content",
    "OutputFormat",
    "encode_block",
    "make_folder",
    "put_file",
    "put_files",
]

UNFINISHED = ".tmp"

# What a file holds; None stands for a file that is not to be there.
Content: TypeAlias = "bytes | pa.Buffer | None"

_KINDS = ("equity", "trades")


def encode_block(
    block: Block, results: Sequence[JobResult], bars: Bars, output_format: OutputFormat
) -> dict[str, Content]:
    """Return the content of a block's files by their path within the run's folder."""
    if output_format is OutputFormat.PARQUET:
        from curvehouse.sweep.parquet_files import encode_parquet  # noqa: PLC0415

        parts = encode_parquet([job.param_hash for job in block.jobs], results, bars)
        return {
            f"{block.strategy}/{block.part:04}_{kind}.parquet": content
            for kind, content in zip(_KINDS, parts, strict=True)
        }
    times = _time_texts(bars.times.tobytes())
    files: dict[str, Content] = {}
    for job, result in zip(block.jobs, results, strict=True):
        equity, trades = result.equity, result.trades
        stem = f"{block.strategy}/{job.param_hash}"
        files[f"{stem}_equity.csv"] = None if equity is None else equity_csv(times, equity)
        files[f"{stem}_trades.csv"] = (
            None if trades is None else trades_csv(block.symbol, times, trades)
        )
    return files


def put_files(folder: Path, contents: Mapping[str, Content]) -> dict[str, int]:
    """Write the files of a block, and return how many bytes each has."""
    for parent in {name.rpartition("/")[0] for name in contents}:
        make_folder(folder / parent)
    sizes = {}
    for name, content in contents.items():
        if content is None:
            (folder / name).unlink(missing_ok=True)
        else:
            put_file(folder / name, content)
            sizes[name] = len(content)
    return sizes


def make_folder(path: Path) -> None:
    """Make a folder where it is missing.

    Raises
    ------
    UsageError
        When it can't be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"the folder {path} can't be made ({error.strerror}); choose another --results."
        ) from error


def put_file(path: Path, content: bytes | pa.Buffer) -> None:
    """Put a file in place whole: readers see the old one, or none, until it is.

    The unfinished file is this process's own: a worker that outlives its sweep for a moment does
    not meet the one that goes on with it.

    Raises
    ------
    CurvehouseError
        When it can't be written.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}{UNFINISHED}")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except OSError as error:
        raise CurvehouseError(
            f"{path} can't be written ({error.strerror}); make room or choose another --results, "
            "then run the sweep again."
        ) from error


@lru_cache(maxsize=8)
def _time_texts(times: bytes) -> TimeTexts:
    return TimeTexts.of(np.frombuffer(times, dtype="datetime64[us]"))
