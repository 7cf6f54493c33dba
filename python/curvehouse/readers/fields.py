"""How names in a header are matched, and how text cells become values in SQL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

__all__ = [
    "find_timestamp_columns",
    "is_out_of_range_sql",
    "normalised_name",
    "number_sql",
    "timestamp_sql",
]

_TIMESTAMP_NAMES = frozenset(
    {"date", "datetime", "timestamp", "time", "ts", "day", "trade date", "index level 0"}
)

# Wide enough for every market history, narrow enough to catch epochs and typing errors.
_FIRST_DAY, _END_DAY = "1700-01-01", "2200-01-01"


def normalised_name(name: str) -> str:
    """Return the name as it is compared: lower case, spaces for underscores.

    >>> normalised_name("Adj_Close ")
    'adj close'
    """
    return re.sub(r"[\s_]+", " ", name).strip().lower()


def find_timestamp_columns(header: Sequence[str], extra: Iterable[str] = ()) -> list[int]:
    """Return the positions of the columns whose name says date or time.

    A first column without a name counts too: it is what data frames write for their index.
    """
    names = _TIMESTAMP_NAMES | set(extra)
    return [
        index
        for index, name in enumerate(header)
        if normalised_name(name) in names or (index == 0 and not name)
    ]


def timestamp_sql(cell: str) -> str:
    """Return SQL that turns a text cell into a naive UTC TIMESTAMP, NULL where it is none.

    ISO dates and timestamps with or without offset (the session's TimeZone must be UTC), and
    ``YYYYMMDD``.
    """
    text = f"trim({cell})"
    # DuckDB wants seconds before an offset, ISO does not.
    with_seconds = f"regexp_replace({text}, '^(.{{10}}.[0-9]{{2}}:[0-9]{{2}})([Z+-])', '\\1:00\\2')"
    return (
        f"(case when regexp_full_match({text}, '[0-9]{{8}}') "
        f"then try_strptime({text}, '%Y%m%d') "
        f"else try_cast(try_cast({with_seconds} as timestamptz) as timestamp) end)"
    )


def is_out_of_range_sql(moment: str) -> str:
    """Return SQL that is true where a TIMESTAMP is NULL, infinite, or in no market's history."""
    return (
        f"coalesce({moment} < timestamp '{_FIRST_DAY}' or {moment} >= timestamp '{_END_DAY}', true)"
    )


def number_sql(cell: str) -> str:
    """Return SQL that turns a text cell into a DOUBLE, NULL where it is none."""
    return f"try_cast(trim({cell}) as double)"
