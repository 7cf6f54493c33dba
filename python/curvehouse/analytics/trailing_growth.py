"""Returns of many curves over the last months and years, up to each one's last day."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from curvehouse.analytics.segments import Segments

__all__ = ["TRAILING_COLUMNS", "measure_trailing", "months_before"]

_MONTHS = {"3m": 3, "6m": 6, "1y": 12, "3y": 36, "5y": 60, "10y": 120}
_ANNUALISED = ("3y", "5y", "10y")

TRAILING_COLUMNS = (
    ("return_mtd", pa.float64()),
    ("return_ytd", pa.float64()),
    *((f"return_{name}", pa.float64()) for name in _MONTHS),
    *((f"return_count_{name}", pa.int64()) for name in _ANNUALISED),
)

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]
Counts = NDArray[np.int64]

_LAST_DAY = np.timedelta64(1, "D")


def months_before(days: Days, months: int) -> Days:
    """Return the same day of the month so many months before, or that month's last.

    Examples
    --------
    >>> months_before(np.array(["2023-05-31"], dtype="datetime64[D]"), 3).astype(str).tolist()
    ['2023-02-28']
    """
    month = days.astype("datetime64[M]")
    target = month - months
    last = (target + 1).astype("datetime64[D]") - _LAST_DAY
    same: Days = np.minimum(target.astype("datetime64[D]") + (days - month), last)
    return same


def measure_trailing(
    dates: Days, equity: Floats, curves: Segments, starting_equity: Floats, moves: Counts
) -> dict[str, Any]:
    """Return the growth of each curve over windows that end on its last day.

    Parameters
    ----------
    dates, equity : arrays
        Of the days of whole curves, in order.
    curves : Segments
        Each with a day at least.
    starting_equity : array of float64, shape (n_curves,)
        Before the first day.
    moves : array of int64, shape (n_curves,)
        Days of each curve that have a return.

    Returns
    -------
    dict
        `TRAILING_COLUMNS`. A window of so many months holds the returns of the days from the same
        day of the month on, that day included (quantstats does it so); NaN where the curve begins
        later. Month and year to date begin with the curve where that is later.
    """
    first, last = dates[curves.starts], dates[curves.ends - 1]
    found: dict[str, Any] = {}
    for name, unit in (("mtd", "datetime64[M]"), ("ytd", "datetime64[Y]")):
        before = _days_before(dates, curves, last.astype(unit).astype("datetime64[D]"))
        found[f"return_{name}"] = _growth(equity, curves, starting_equity, before)
    for name, months in _MONTHS.items():
        begin = months_before(last, months)
        before = _days_before(dates, curves, begin)
        growth = _growth(equity, curves, starting_equity, before)
        found[f"return_{name}"] = np.where(first <= begin, growth, np.nan)
        if name in _ANNUALISED:
            found[f"return_count_{name}"] = np.maximum(moves - before, 0)
    return found


def _days_before(dates: Days, curves: Segments, begins: Days) -> Counts:
    """Return how many days of each curve are before its window begins."""
    return curves.count(dates < np.repeat(begins, curves.counts))


def _growth(equity: Floats, curves: Segments, starting_equity: Floats, before: Counts) -> Floats:
    reached = equity[np.maximum(curves.starts + before - 1, 0)]
    base = np.where(before > 0, reached, starting_equity)
    growth: Floats = equity[curves.ends - 1] / np.where(base > 0, base, np.nan) - 1
    return growth
