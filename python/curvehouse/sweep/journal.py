"""What of a sweep is finished: a line per block, appended once its files are in place.

From it the list of jobs is put together in the end, whatever order the blocks came in.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from curvehouse.errors import CurvehouseError
from curvehouse.sweep.files import jobs_jsonl
from curvehouse.sweep.output import UNFINISHED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from curvehouse.sweep.blocks import Block, BlockOutcome

__all__ = ["JOURNAL", "Journal"]

JOURNAL = ".jobs.part"

# What a kill leaves is whole anyway; this bounds what is computed again after a power cut, when
# there are many small blocks. Files that a power cut took show by their size.
_SYNC_SECONDS = 0.2


class Journal:
    """The finished blocks of a run; close it when done.

    Attributes
    ----------
    statuses : dict of int to list of str
        By the number of each finished block, the statuses of its jobs.
    """

    def __init__(self, folder: Path, blocks: Sequence[Block]) -> None:
        self._folder, self._path = folder, folder / JOURNAL
        self._places: dict[int, int] = {}
        self._synced_at = 0.0
        self.statuses: dict[int, list[str]] = {}
        with self._telling_faults():
            self._file = self._path.open("a+b")
            self._read_earlier(blocks)

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def append(self, outcome: BlockOutcome) -> None:
        """Record a block whose files are in place."""
        record = {"block": outcome.number, "sizes": outcome.sizes, "rows": outcome.rows}
        with self._telling_faults():
            place = self._file.seek(0, os.SEEK_END)
            self._file.write(json.dumps(record).encode() + b"\n")
            self._file.flush()
            if time.monotonic() >= self._synced_at + _SYNC_SECONDS:
                os.fsync(self._file.fileno())
                self._synced_at = time.monotonic()
        self._note(place, record)

    def write_list(self, path: Path) -> None:
        """Write the list of jobs in the order of blocks, then forget the record."""
        unfinished = path.with_name(f".{path.name}{UNFINISHED}")
        with self._telling_faults():
            with unfinished.open("wb") as file:
                for number in sorted(self._places):
                    self._file.seek(self._places[number])
                    file.write(jobs_jsonl(json.loads(self._file.readline())["rows"]))
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
            self._path.unlink()

    def _read_earlier(self, blocks: Sequence[Block]) -> None:
        """Take up what an earlier start recorded; drop a last line that it did not finish."""
        self._file.seek(0)
        place = 0
        for line in iter(self._file.readline, b""):
            if not line.endswith(b"\n"):
                self._file.truncate(place)
                break
            record = _parsed(line)
            if record is not None and self._still_holds(record, blocks):
                self._note(place, record)
            place += len(line)

    def _still_holds(self, record: dict[str, Any], blocks: Sequence[Block]) -> bool:
        number, hashes = record["block"], [row["param_hash"] for row in record["rows"]]
        if not 0 <= number < len(blocks):
            return False
        if hashes != [job.param_hash for job in blocks[number].jobs]:
            return False
        return all(_has_size(self._folder / name, size) for name, size in record["sizes"].items())

    def _note(self, place: int, record: dict[str, Any]) -> None:
        self._places[record["block"]] = place
        self.statuses[record["block"]] = [row["status"] for row in record["rows"]]

    @contextmanager
    def _telling_faults(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise CurvehouseError(
                f"{self._path} can't be written ({error.strerror}); make room, then run the sweep "
                "again."
            ) from error


def _parsed(line: bytes) -> dict[str, Any] | None:
    """Return a record; None for what a failing disk made of one."""
    try:
        record = json.loads(line)
    except ValueError:
        return None
    keys = {"block", "sizes", "rows"}
    return record if isinstance(record, dict) and record.keys() == keys else None


def _has_size(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False
