"""Time zones: their names, and SQL between local times and the UTC that is stored.

A zone that is None is UTC. Names come from users and manifests; only one that `zone_of` has found
among the known names gets into SQL.
"""

from __future__ import annotations

from functools import cache

import duckdb

from curvehouse.readers.fields import is_out_of_range_sql

__all__ = [
    "UnknownZoneError",
    "day_sql",
    "first_occurrence_sql",
    "last_occurrence_sql",
    "zone_of",
]

_UTC = frozenset({"Etc/UCT", "Etc/UTC", "Etc/Universal", "Etc/Zulu", "UCT", "UTC", "Zulu"})
# DuckDB knows more names of three letters, which mean one zone to it and another to people.
_SHORT = frozenset(
    {"CET", "EET", "EST", "GMT", "HST", "MET", "MST", "PRC", "ROC", "ROK", "UCT", "UTC", "WET"}
)


class UnknownZoneError(ValueError):
    """A name is no time zone; the message says it as a clause that follows what has the name."""


def zone_of(name: str) -> str | None:
    """Return the name of a time zone as it is stored, None for UTC.

    Parameters
    ----------
    name : str
        A name of the IANA time zone database.

    Raises
    ------
    UnknownZoneError
        When there is no such zone.

    Examples
    --------
    >>> zone_of("America/New_York"), zone_of("Etc/UTC")
    ('America/New_York', None)
    """
    if name in _UTC:
        return None
    if name not in _known_zones():
        raise UnknownZoneError(
            f"names no time zone with {name!r}; give a name of the IANA database, such as "
            "America/New_York"
        )
    return name


@cache
def _known_zones() -> frozenset[str]:
    with duckdb.connect() as connection:
        rows = connection.execute("select name from pg_timezone_names()").fetchall()
    names = {name for (name,) in rows}
    return frozenset(name for name in names if len(name) != 3 or name in _SHORT)


def day_sql(moment: str, zone: str | None) -> str:
    """Return SQL for the day on which a naive UTC moment falls in a zone."""
    return f"{moment}::date" if zone is None else f"{_to_local_sql(moment, zone)}::date"


def first_occurrence_sql(local: str, zone: str) -> str:
    """Return SQL for the naive UTC moment at which a zone's clocks show a local time first.

    Parameters
    ----------
    local : str
        A column of naive TIMESTAMP or DATE.
    zone : str
        As from `zone_of`.

    Notes
    -----
    A time that the clocks skip is as long after the change as it would have been without: where
    2:00 becomes 3:00, 2:30 is 3:30. Both are what Python's ``fold=0`` means. What is no time, or
    in no market's history, stays as it is, since it is refused anyway.
    """
    last = _shown_last_sql(local, zone)
    # Clocks change by less than a day, and no two changes are as near.
    day_before = f"({last} - interval 1 day)"
    early = f"({local} - ({_to_local_sql(day_before, zone)} - {day_before}))"
    return (
        f"(case when {is_out_of_range_sql(local)} then {local} "
        f"when {_to_local_sql(early, zone)} = {local} then {early} else {last} end)"
    )


def last_occurrence_sql(local: str, zone: str) -> str:
    """Return SQL for the moment at which a zone's clocks show a local time last.

    It is another than the first occurrence only where clocks were put back.
    """
    last = _shown_last_sql(local, zone)
    return f"(case when {is_out_of_range_sql(local)} then {local} else {last} end)"


def _shown_last_sql(local: str, zone: str) -> str:
    return f"({local}::timestamp at time zone '{zone}' at time zone 'UTC')"


def _to_local_sql(moment: str, zone: str) -> str:
    return f"({moment}::timestamp at time zone 'UTC' at time zone '{zone}')"
