"""The settings that a file's load rests on beside its bytes; other ones make it a changed file."""

from __future__ import annotations

import json
from collections.abc import Mapping

from curvehouse.errors import UsageError
from curvehouse.readers.zones import UnknownZoneError, zone_of

__all__ = ["settings_text", "zone_option"]


def settings_text(settings: Mapping[str, object], zone: str | None = None) -> str | None:
    """Return settings as the ledger keeps them, None where there are none.

    UTC is no setting, as it was not before zones could be given.

    >>> settings_text({"ts_column": None}, "Europe/Berlin")
    '{"ts_column": null, "timezone": "Europe/Berlin"}'
    """
    full = {**settings, **({} if zone is None else {"timezone": zone})}
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
