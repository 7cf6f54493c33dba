"""Daily factors as Kenneth French's data library has them: a preamble, the table, further text.

The first line is a sentence. The table's header begins with an empty cell, its rows with YYYYMMDD,
its returns run in per cent, and -99.99 and -999 stand for days without one. Further tables (annual
averages, other weights) and a copyright follow behind a blank line.
"""

from __future__ import annotations

import csv
import re

from curvehouse.readers.fields import find_timestamp_columns
from curvehouse.readers.probe import TextSection

__all__ = ["MISSING_RETURNS", "french_section"]

MISSING_RETURNS = (-99.99, -999.0)

_HEADER = re.compile(rb"^[ \t]*,[^\r\n]*[^\W\d][^\r\n]*\r?\n[ \t]*[0-9]{4,8}[ \t]*,", re.MULTILINE)
_PREAMBLE_WORDS = 3
# A blank line within the table is only that: rows go on below it.
_END = re.compile(rb"\n[ \t]*(?:Copyright|\r?\n(?![ \t\r\n]*[0-9]{8}[ \t]*,))", re.IGNORECASE)


def french_section(text: bytes) -> TextSection | None:
    r"""Return the first table of a file of this format, None of any other.

    Only the format's marks count, all of them together, since they say in which unit the returns
    are: a sentence in the first line, and a header that begins with an empty cell.

    >>> french_section(b"This file has factors.\n\n,SMB\n20200102,0.10\n\nCopyright\n")
    TextSection(start=24, end=43, first_line=3)
    >>> french_section(b",SMB\n20200102,0.0010\n") is None
    True
    """
    header = _HEADER.search(text)
    if header is None or not _is_sentence(text[: header.start()]):
        return None
    end = _END.search(text, header.start())
    return TextSection(
        start=header.start(),
        end=end.start() + 1 if end else len(text),
        first_line=text.count(b"\n", 0, header.start()) + 1,
    )


def _is_sentence(preamble: bytes) -> bool:
    line = preamble.decode("utf-8-sig").lstrip().partition("\n")[0]
    cells = next(csv.reader([line]), [])
    return len(line.split()) >= _PREAMBLE_WORDS and not find_timestamp_columns(cells)
