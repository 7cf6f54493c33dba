"""Daily factors as Kenneth French's data library publishes them.

Sentences, then a table whose header begins with an empty cell and whose rows begin with YYYYMMDD,
then perhaps further tables, and a copyright. Returns run in per cent; -99.99 and -999 stand for
days without one. That is the definition of the format, so nothing of it is asked for or guessed.
"""

from __future__ import annotations

import re

from curvehouse.readers.fields import find_timestamp_columns
from curvehouse.readers.probe import TextSection

__all__ = ["MISSING_RETURNS", "french_section"]

MISSING_RETURNS = (-99.99, -999.0)

_SEARCHED_BYTES = 1 << 16
# A title or a header without a date is shorter.
_SENTENCE_WORDS = 3
_NAMES = re.compile(rb"^[ \t]*,([^\r\n]*)\r?\n", re.MULTILINE)
# Also months and years, so that their files are refused for just that.
_FIRST_ROW = re.compile(rb"\s*[0-9]{4,8}[ \t]*,")
_DAILY_ROW = re.compile(rb"^[ \t]*[0-9]{8}[ \t]*,", re.MULTILINE)
_TABLE_END = re.compile(rb"\r?\n(?=[ \t]*(?:\r?\n|\Z|copyright))", re.IGNORECASE)


def french_section(text: bytes) -> TextSection | None:
    r"""Return the first table of such a file, None for a file of any other kind.

    Parameters
    ----------
    text : bytes
        UTF-8 text.

    Notes
    -----
    The table goes on to the last daily row before the next header, and from there to a blank line:
    whatever is between is judged as rows, so that a damaged row is refused and never taken for
    the end.

    Examples
    --------
    >>> french_section(b"This file has factors.\n\n,SMB\n20200102,0.10\n\nCopyright\n")
    TextSection(start=24, end=43, first_line=3)
    >>> french_section(b",SMB\n20200102,0.0010\n") is None
    True
    """
    if not _begins_with_a_sentence(text):
        return None
    header = _next_header(text, 0)
    if header is None or not _FIRST_ROW.match(text, header.end()):
        return None
    following = _next_header(text, header.end())
    limit = len(text) if following is None else following.start()
    last = header.end()
    for row in _DAILY_ROW.finditer(text, last, limit):
        last = row.start()
    end = _TABLE_END.search(text, last)
    return TextSection(
        start=header.start(),
        end=end.end() if end else len(text),
        first_line=text.count(b"\n", 0, header.start()) + 1,
    )


def _begins_with_a_sentence(text: bytes) -> bool:
    beginning = text[:_SEARCHED_BYTES].decode("utf-8-sig", errors="ignore").lstrip()
    line = next(iter(beginning.splitlines()), "")
    is_header = bool(find_timestamp_columns([cell.strip() for cell in line.split(",")]))
    return len(line.split()) >= _SENTENCE_WORDS and not is_header


def _next_header(text: bytes, start: int) -> re.Match[bytes] | None:
    """Return the next line that begins with an empty cell and goes on with names, not numbers."""
    for found in _NAMES.finditer(text, start):
        names = [name.strip() for name in found[1].decode().split(",")]
        if not any(not name or _is_number(name) for name in names):
            return found
    return None


def _is_number(name: str) -> bool:
    try:
        float(name)
    except ValueError:
        return False
    return True
