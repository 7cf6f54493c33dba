"""The names of a file's columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from curvehouse.readers.faults import FaultyFileError, ReasonCode

__all__ = ["checked_header", "csv_header", "stacked_header_fault"]

# No header is longer, and looking further costs time in a file without line ends.
_SEARCHED_BYTES = 1 << 16
# What yfinance writes before the first line of a header that goes on below it.
_STACKED_NAMES = ("price", "ticker", "attributes")


def csv_header(path: Path, text: bytes, end: int, line: int = 1) -> tuple[str, ...]:
    """Return the names in the first line of a CSV text that ends at ``end``.

    Raises
    ------
    FaultyFileError
        When the line is not CSV, or `checked_header` refuses the names.
    """
    first = end
    # A quoted name may hold a line's end.
    if b'"' not in text[:_SEARCHED_BYTES]:
        ends = (text.find(mark, 0, _SEARCHED_BYTES) for mark in (b"\n", b"\r"))
        first = min((at for at in ends if at >= 0), default=end)
    content = text[: min(first, end)].decode("utf-8-sig")
    try:
        header = next(csv.reader(io.StringIO(content, newline=""), strict=True), [])
    except csv.Error as error:
        reason = f"has a header that is not CSV ({error})"
        raise FaultyFileError(ReasonCode.BAD_ROW, reason, path=path, line=line) from error
    return checked_header(path, header, line)


def checked_header(path: Path, header: Sequence[str], line: int = 1) -> tuple[str, ...]:
    """Return the names, stripped.

    Raises
    ------
    FaultyFileError
        When there are fewer than two, or one twice.
    """
    names = tuple(name.strip() for name in header)
    if len(names) < 2:
        reason = "has fewer than two columns; the fields must be separated by commas"
        raise FaultyFileError(ReasonCode.MISSING_COLUMN, reason, path=path, line=line)
    seen: set[str] = set()
    for name in names:
        if name in seen:
            if names[0].lower() in _STACKED_NAMES:
                raise stacked_header_fault(path)
            reason = f"names the column {name!r} twice; remove or rename one"
            raise FaultyFileError(ReasonCode.DUPLICATE_COLUMN, reason, path=path, line=line)
        seen.add(name)
    return names


def stacked_header_fault(path: Path) -> FaultyFileError:
    """Return what to say of a header of several lines."""
    reason = (
        "has a header of several lines, as yfinance writes it; write one file per symbol, with "
        "multi_level_index=False"
    )
    return FaultyFileError(ReasonCode.MISSING_COLUMN, reason, path=path, line=1)
