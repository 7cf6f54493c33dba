"""What an ingest did, for the command line and other callers."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from curvehouse.readers.faults import FaultyFileError, ReasonCode

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
    """

    loaded: int = 0
    unchanged: int = 0
    quarantined_files: tuple[QuarantinedFile, ...] = ()
    refused: tuple[str, ...] = ()
    retracted: int = 0

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
        )


def shown_path(path: Path) -> str:
    """Return the absolute path as text that can be printed and stored, whatever its bytes."""
    absolute = path.absolute()
    if ".." in absolute.parts:
        absolute = absolute.resolve()
    return os.fsencode(absolute).decode("utf-8", "replace")
