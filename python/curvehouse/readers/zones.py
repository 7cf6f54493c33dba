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
    "with_occurrences_sql",
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


def with_occurrences_sql(rows: str, local: str, zone: str) -> str:
    """Return a subquery for rows, with the moments at which a zone's clocks show a local time.

    Parameters
    ----------
    rows : str
        A table or subquery.
    local : str
        Its column of naive TIMESTAMP.
    zone : str
        As from `zone_of`.

    Returns
    -------
    str
        All columns of ``rows``, and ``first_at`` and ``last_at``, naive UTC. They differ only
        where clocks were put back.

    Notes
    -----
    A time that the clocks skip is as long after the change as it would have been without: where
    2:00 becomes 3:00, 2:30 is 3:30. That, and the first of two, is what Python's ``fold=0`` means.
    What is no time, or in no market's history, stays as it is, since it is refused anyway.

    The steps are columns because calendar arithmetic is slow, and is then done once for each.
    """
    # Clocks change by less than a day, and no two changes are as near.
    return f"""(
        select
            * exclude (day_before, early_at, shown_last_at),
            case when {_to_local_sql("early_at", zone)} = {local} then early_at else last_at end
                as first_at
        from (
            select *, {local} - ({_to_local_sql("day_before", zone)} - day_before) as early_at
            from (
                select
                    *,
                    coalesce(shown_last_at, {local}) as last_at,
                    shown_last_at - interval 1 day as day_before
                from (
                    select
                        *,
                        case when not {is_out_of_range_sql(local)}
                        then make_timestamp(epoch_us({local} at time zone '{zone}')) end
                            as shown_last_at
                    from {rows}
                )
            )
        )
    )"""


def _to_local_sql(moment: str, zone: str) -> str:
    """Return SQL for what a zone's clocks show at a naive UTC moment."""
    return f"(make_timestamptz(epoch_us({moment})) at time zone '{zone}')"
