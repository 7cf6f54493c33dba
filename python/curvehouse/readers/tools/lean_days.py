"""The days of a Lean algorithm: the zone in which they begin, and what closes them.

Lean values an algorithm once a day, at midnight in the algorithm's zone. The other points of its
chart are drawn between, every few minutes at most. The result does not name the zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

__all__ = ["end_of_day", "zone_of_days"]

# Lean's own default first, then where markets are; of those that agree, the first will do.
_ZONES = (
    *("America/New_York", "UTC", "America/Chicago", "Europe/London", "Europe/Berlin"),
    *("Asia/Tokyo", "Asia/Hong_Kong", "Asia/Kolkata", "Australia/Sydney"),
    *("America/Los_Angeles", "America/Sao_Paulo"),
)


def zone_of_days(moments: Sequence[datetime], sampled: Iterable[datetime]) -> str | None:
    """Return the zone in which days begin whenever the algorithm was valued.

    Parameters
    ----------
    moments : sequence of datetime
        Of all points of the curve, in UTC.
    sampled : iterable of datetime
        Of the points of the daily returns. Older versions date those otherwise than the curve; then
        all points of a curve that has one a day will tell.

    Returns
    -------
    str or None
        None where that is so in no zone. The last moment doesn't count: an algorithm ends when its
        market closes.

    Examples
    --------
    >>> from datetime import UTC
    >>> days = [datetime(2023, month, 10, hour, tzinfo=UTC) for month, hour in ((1, 5), (7, 4))]
    >>> zone_of_days([*days, datetime(2023, 7, 10, 20, tzinfo=UTC)], [])
    'America/New_York'
    """
    known = set(sampled).intersection(moments) or set(moments)
    days = sorted(known)[:-1]
    if not days:
        return None
    return next((zone for zone in _ZONES if _all_midnight(days, ZoneInfo(zone))), None)


def end_of_day(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return a moment, and midnight as the last microsecond of the day that it ends."""
    is_midnight = moment.astimezone(zone).time() == time()
    return moment - timedelta(microseconds=1) if is_midnight else moment


def _all_midnight(moments: Sequence[datetime], zone: ZoneInfo) -> bool:
    return all(moment.astimezone(zone).time() == time() for moment in moments)
