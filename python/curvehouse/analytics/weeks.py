"""Returns of many curves by calendar week, which nobody tabulates, summed up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from curvehouse.analytics.segments import Segments

__all__ = ["WEEK_COLUMNS", "measure_weeks"]

WEEK_COLUMNS = (
    ("best_week", pa.float64()),
    ("worst_week", pa.float64()),
    ("week_count", pa.int64()),
    ("gain_week_count", pa.int64()),
    ("loss_week_count", pa.int64()),
)

# 1970-01-01 was a Thursday, the fourth day of its week.
_DAYS_INTO_WEEK = 3

Floats = NDArray[np.float64]


def measure_weeks(
    dates: NDArray[np.datetime64], equity: Floats, curves: Segments, starting_equity: Floats
) -> dict[str, Any]:
    """Return the best and worst week of each curve, and how many gained and lost.

    Parameters
    ----------
    dates, equity : arrays
        Of the days of whole curves, in order.
    curves : Segments
        Each with a day at least.
    starting_equity : array of float64, shape (n_curves,)
        Before the first day.

    Returns
    -------
    dict
        `WEEK_COLUMNS`.

    Notes
    -----
    Weeks run from Monday to Sunday, over the end of a year too, as ISO 8601 has them. A week's
    return is over the last equity before it, the starting equity in the first one; weeks after
    ruin have none.
    """
    weeks = (dates.astype(np.int64) + _DAYS_INTO_WEEK) // 7
    begins = curves.is_first | (weeks != np.roll(weeks, 1))
    in_order = curves.where(begins)
    starts = np.flatnonzero(begins)
    ends = np.append(starts[1:], len(dates)) - 1
    base = equity[np.maximum(starts - 1, 0)]
    base[in_order.starts] = starting_equity
    returns = equity[ends] / np.where(base > 0, base, np.nan) - 1
    has_return = ~np.isnan(returns)
    in_order, returns = in_order.where(has_return), returns[has_return]
    return {
        "best_week": in_order.max(returns),
        "worst_week": in_order.min(returns),
        "week_count": in_order.counts,
        "gain_week_count": in_order.count(returns > 0),
        "loss_week_count": in_order.count(returns < 0),
    }
