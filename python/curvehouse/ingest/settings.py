"""The settings that a file's load rests on beside its bytes; other ones make it a changed file."""

from __future__ import annotations

import json
from collections.abc import Mapping

from curvehouse.errors import UsageError
from curvehouse.readers.zones import UnknownZoneError, zone_of

__all__ = ["settings_text", "zone_option"]


def settings_text(
    settings: Mapping[str, object],
    *,
    zone: str | None = None,
    periods_per_year: float | None = None,
) -> str | None:
    """Return settings as the ledger keeps them, None where there are none.

    UTC and the curve's own periods are no settings, as they were not before others could be given.

    >>> settings_text({"ts_column": None}, zone="Europe/Berlin")
    '{"ts_column": null, "timezone": "Europe/Berlin"}'
    """
    full = dict(settings)
    if zone is not None:
        full["timezone"] = zone
    if periods_per_year is not None:
        full["periods_per_year"] = float(periods_per_year)
    return json.dumps(full) if full else None


def zone_option(timezone: str | None) -> str | None:
    """Return the zone that ``--timezone`` names, None for UTC.

    Raises
    ------
    UsageError
        When there is no such zone.
    """
    try:
        return None if timezone is None else zone_of(timezone)
    except UnknownZoneError as error:
        raise UsageError(f"--timezone {error}.") from error
