"""How often a curve moves: each day of a calendar, by the week or month, or only now and then.

What the first calendar year of rows says is kept: a definition that looked at all rows would change
the whole past of a curve when its character changes late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

__all__ = [
    "FIRST_ROWS",
    "MONTHLY_GAPS",
    "WEEKLY_GAPS",
    "FirstYear",
    "Frequency",
    "decide_frequency",
    "periods_per_year",
]

DEFAULT_PERIODS = 252.0
EVERY_DAY_PERIODS = 365.0
FIRST_ROWS = 253
DAYS_PER_YEAR = 365.25

_MIN_DAYS = 20
_USUAL_PERIODS = (365.0, 252.0, 52.0, 12.0, 4.0)
_SNAP = 0.05
WEEKLY_GAPS = (5, 9)
MONTHLY_GAPS = (26, 35)
# A trade a week on average is no weekly curve: nearly all gaps have to be a week.
_REGULAR = 0.8
_MISSING = 0.1
# A short curve over Christmas is not sparse.
_HOLIDAYS = 3
# One row in seven would be a Saturday's, did the curve trade on all days alike.
_SATURDAYS = 0.05


class Frequency(StrEnum):
    """How often a curve moves.

    ``SPARSE`` curves move only when a trade closes; they are carried forward onto the days of a
    calendar. The others keep the days they have.
    """

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    SPARSE = "sparse"


@dataclass(frozen=True)
class FirstYear:
    """The days that have a row at the start of a curve or of a symbol's bars.

    Attributes
    ----------
    first_day : date
        The first of all.
    row_count, last_row_day : int and date
        The number of the first 253 days, and the last of them.
    day_count, last_day : int and date
        The number of days within 365 days of the first, and the last of them.
    saturday_count : int
        Saturdays among those.
    weekly_gaps, monthly_gaps : int
        How often it is 5 to 9, and 26 to 35 days from one of them to the next; 0 where that was
        not counted because `needs_gaps` is false.
    """

    first_day: date
    row_count: int
    last_row_day: date
    day_count: int
    last_day: date
    saturday_count: int
    weekly_gaps: int = 0
    monthly_gaps: int = 0

    @property
    def has_weekends(self) -> bool:
        """Whether the days are of a market that never closes."""
        return self.saturday_count >= _SATURDAYS * self.day_count

    @property
    def needs_gaps(self) -> bool:
        """Whether the days are so few that most gaps could be weeks or months."""
        return (self.last_day - self.first_day).days >= 2 * (self.day_count - 1)


def decide_frequency(year: FirstYear, bar_days: int | None = None) -> Frequency:
    """Return how often a curve moves.

    Parameters
    ----------
    year : FirstYear
        The curve's days.
    bar_days : int, optional
        Days from ``first_day`` to ``last_day`` on which its symbol has bars, where the bars span
        them all; else the calendar is every day or every weekday.

    Examples
    --------
    >>> weeks = FirstYear(date(2020, 1, 3), 53, date(2021, 1, 1), 53, date(2021, 1, 1), 0, 52)
    >>> decide_frequency(weeks).value
    'weekly'
    """
    needed = max(1.0, _REGULAR * (year.day_count - 1))
    if year.weekly_gaps >= needed:
        return Frequency.WEEKLY
    if year.monthly_gaps >= needed:
        return Frequency.MONTHLY
    calendar = bar_days
    if calendar is None:
        calendar = _days_between(year.first_day, year.last_day, weekends=year.has_weekends)
    missing = calendar - year.day_count
    return Frequency.SPARSE if missing > max(_HOLIDAYS, _MISSING * calendar) else Frequency.DAILY


def periods_per_year(
    year: FirstYear, frequency: Frequency | None = None, of_symbol: float | None = None
) -> float:
    """Return the rows per year of a curve as it will stand, snapped to a usual number within 5 %.

    Parameters
    ----------
    year : FirstYear
        The curve's days.
    frequency : Frequency, optional
        As from `decide_frequency`; None for bars, which keep their days.
    of_symbol : float, optional
        The periods per year of its symbol's bars, which count where the curve is short or sparse.

    Examples
    --------
    >>> days = FirstYear(date(2020, 1, 1), 253, date(2020, 12, 31), 253, date(2020, 12, 31), 0)
    >>> periods_per_year(days)
    252.0
    """
    if frequency is Frequency.SPARSE:
        return of_symbol or (EVERY_DAY_PERIODS if year.has_weekends else DEFAULT_PERIODS)
    if year.row_count < _MIN_DAYS:
        short = {Frequency.WEEKLY: 52.0, Frequency.MONTHLY: 12.0}
        return short.get(frequency or Frequency.DAILY) or of_symbol or DEFAULT_PERIODS
    found = (year.row_count - 1) / ((year.last_row_day - year.first_day).days / DAYS_PER_YEAR)
    for usual in _USUAL_PERIODS:
        if abs(found / usual - 1) <= _SNAP:
            return usual
    return max(1.0, float(round(found)))


def _days_between(first: date, last: date, *, weekends: bool) -> int:
    """Return the number of days, or of weekdays, from the first to the last."""
    days = (last - first).days + 1
    if weekends:
        return days
    weeks, rest = divmod(days, 7)
    odd = (first + timedelta(days=number) for number in range(rest))
    return 5 * weeks + sum(day.weekday() < 5 for day in odd)
