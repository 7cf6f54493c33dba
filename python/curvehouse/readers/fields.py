"""How names in a header are matched, and how text cells become values in SQL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

__all__ = [
    "find_timestamp_columns",
    "is_local_sql",
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


@lru_cache
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
    """Return SQL that turns a text cell into a naive TIMESTAMP, NULL where it is none.

    It is in UTC, or a local time where `is_local_sql` says so.

    Notes
    -----
    A moment is one of

    - an ISO date or timestamp with or without offset (the session's TimeZone must be UTC);
    - a date of 8 digits, ``YYYYMMDD``;
    - the time since 1970 in UTC, whose unit its digits tell: 9 or 10 are seconds, also with a
      decimal fraction, 12 or 13 milliseconds, 15 or 16 microseconds, 18 or 19 nanoseconds. They
      reach from 1973 to 2286 (nanoseconds 2262).
    """
    text = f"trim({cell})"
    # DuckDB wants seconds before an offset, ISO does not.
    with_seconds = f"regexp_replace({text}, '^(.{{10}}.[0-9]{{2}}:[0-9]{{2}})([Z+-])', '\\1:00\\2')"
    return (
        f"(case when regexp_full_match({text}, '[0-9.]+') then {_digits_sql(text)} "
        f"else try_cast(try_cast({with_seconds} as timestamptz) as timestamp) end)"
    )


def _digits_sql(text: str) -> str:
    whole = f"try_cast({text} as bigint)"
    seconds = f"try_cast(round(try_cast({text} as double) * 1e6) as bigint)"
    return (
        f"case when regexp_full_match({text}, '[0-9]{{9,10}}([.][0-9]+)?') "
        f"then make_timestamp({seconds}) "
        f"when contains({text}, '.') then null "
        f"when length({text}) = 8 then try_strptime({text}, '%Y%m%d') "
        f"when length({text}) in (12, 13) then make_timestamp({whole} * 1000) "
        f"when length({text}) in (15, 16) then make_timestamp({whole}) "
        f"when length({text}) in (18, 19) then make_timestamp({whole} // 1000) end"
    )


def is_local_sql(cell: str) -> str:
    """Return SQL that is true where a text cell gives a time of day or date without an offset."""
    # After the hours a sign begins an offset and a letter a zone; 8 digits are a date.
    return (
        f"(not regexp_matches({cell}, ':.*[-+a-zA-Z]') "
        f"and not regexp_matches({cell}, '^[ ]*[0-9]{{9}}'))"
    )


def is_out_of_range_sql(moment: str) -> str:
    """Return SQL that is true where a TIMESTAMP is NULL, infinite, or in no market's history."""
    return (
        f"coalesce({moment} < timestamp '{_FIRST_DAY}' or {moment} >= timestamp '{_END_DAY}', true)"
    )


def number_sql(cell: str) -> str:
    """Return SQL that turns a text cell into a DOUBLE, NULL where it is none."""
    return f"try_cast(trim({cell}) as double)"
