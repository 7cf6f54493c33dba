"""What an ingest did, for the command line and other callers."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.frames import FRAME_ROOT
from curvehouse.readers.row_counts import RowCounts

__all__ = ["IngestReport", "QuarantinedFile", "shown_path"]


@dataclass(frozen=True)
class QuarantinedFile:
    """One file, or one line of ``jobs.jsonl``, that was not accepted.

    Attributes
    ----------
    path : str
        The file.
    code : ReasonCode
        The class of the fault.
    reason : str
        What is wrong, as a clause that follows the path.
    line : int or None
        The first faulty line, where there is one.
    """

    path: str
    code: ReasonCode
    reason: str
    line: int | None = None

    @classmethod
    def from_fault(cls, path: Path, fault: FaultyFileError) -> QuarantinedFile:
        """Return the entry for a file and what a reader found wrong with it."""
        return cls(shown_path(path), fault.code, fault.reason, fault.line)

    def __str__(self) -> str:
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{place}: {self.code}: {self.reason}"


@dataclass(frozen=True)
class Repairs:
    """What was put right in files, as a clause for people; false where nothing was.

    >>> str(Repairs(duplicates=3, reordered=1, files=2))
    '3 duplicate rows left out, 1 row reordered in 2 files'
    """

    duplicates: int = 0
    reordered: int = 0
    files: int = 0

    @classmethod
    def of(cls, counts: Iterable[RowCounts]) -> Repairs:
        """Return what was put right in the loads that have these counts."""
        repaired = [one for one in counts if one.duplicates or one.reordered]
        return cls(
            sum(one.duplicates for one in repaired),
            sum(one.reordered for one in repaired),
            len(repaired),
        )

    def __bool__(self) -> bool:
        return self.files > 0

    def __add__(self, other: Repairs) -> Repairs:
        return Repairs(
            self.duplicates + other.duplicates,
            self.reordered + other.reordered,
            self.files + other.files,
        )

    def __str__(self) -> str:
        parts = []
        if self.duplicates:
            parts.append(f"{_number(self.duplicates, 'duplicate row')} left out")
        if self.reordered:
            parts.append(f"{_number(self.reordered, 'row')} reordered")
        return f"{', '.join(parts)} in {_number(self.files, 'file')}"


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


@dataclass(frozen=True)
class IngestReport:
    """Counts of files, and what was wrong; reports of several batches add up.

    Attributes
    ----------
    loaded, unchanged : int
        Files that were loaded, and that were there already.
    quarantined_files : tuple of QuarantinedFile
        Files that stay out, in this ingest or since an earlier one.
    refused : tuple of str
        One sentence per folder that could not be loaded at all.
    retracted : int
        Files that were retracted before and stay out.
    repairs : Repairs
        What was put right in the files that were loaded.
    """

    loaded: int = 0
    unchanged: int = 0
    quarantined_files: tuple[QuarantinedFile, ...] = ()
    refused: tuple[str, ...] = ()
    retracted: int = 0
    repairs: Repairs = Repairs()

    @property
    def quarantined(self) -> int:
        """The number of files that stay out."""
        return len(self.quarantined_files)

    @property
    def is_clean(self) -> bool:
        """True when every file is in the warehouse, but for what was retracted on purpose."""
        return not self.quarantined_files and not self.refused

    def __add__(self, other: IngestReport) -> IngestReport:
        return IngestReport(
            self.loaded + other.loaded,
            self.unchanged + other.unchanged,
            self.quarantined_files + other.quarantined_files,
            self.refused + other.refused,
            self.retracted + other.retracted,
            self.repairs + other.repairs,
        )


def shown_path(path: Path) -> str:
    """Return the absolute path as text that can be printed and stored, whatever its bytes.

    What is from no file keeps the name that stands for it.
    """
    if path.parts[:1] == (FRAME_ROOT,):
        return str(path)
    absolute = path.absolute()
    if ".." in absolute.parts:
        absolute = absolute.resolve()
    return os.fsencode(absolute).decode("utf-8", "replace")
