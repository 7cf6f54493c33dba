"""The names of a file's columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from curvehouse.readers.faults import FaultyFileError, ReasonCode

__all__ = ["checked_header", "csv_header"]

# No header is longer, and looking further costs time in a file without line ends.
_SEARCHED_BYTES = 1 << 16
_OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def csv_header(path: Path, text: bytes, end: int, line: int = 1) -> tuple[str, ...]:
    """Return the names in the first line of a CSV text; see `checked_header`."""
    first = end
    # A quoted name may hold a line's end.
    if b'"' not in text[:_SEARCHED_BYTES]:
        ends = (text.find(mark, 0, _SEARCHED_BYTES) for mark in (b"\n", b"\r"))
        first = min((at for at in ends if at >= 0), default=end)
    content = text[: min(first, end)].decode("utf-8-sig")
    try:
        header = next(csv.reader(io.StringIO(content, newline=""), strict=True), [])
    except csv.Error as error:
        reason = f"has a header that is not CSV ({error}); write the file again"
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
        reason = f"has fewer than two columns; {_delimiter_hint(names)}"
        raise FaultyFileError(ReasonCode.MISSING_COLUMN, reason, path=path, line=line)
    seen: set[str] = set()
    for name in names:
        if name in seen:
            reason = f"names the column {name[:80]!r} twice; remove or rename one"
            raise FaultyFileError(ReasonCode.DUPLICATE_COLUMN, reason, path=path, line=line)
        seen.add(name)
    return names


def _delimiter_hint(names: Sequence[str]) -> str:
    for delimiter, name in _OTHER_DELIMITERS.items():
        if any(delimiter in column for column in names):
            return f"its fields are separated by {name}, and must be by commas"
    return "its fields must be separated by commas"
