"""Returns of many curves by week, month, quarter and year, summed up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from curvehouse.analytics.segments import Segments

__all__ = ["PERIOD_COLUMNS", "measure_periods"]

_PERIODS = ("week", "month", "quarter", "year")

PERIOD_COLUMNS = (
    *((f"best_{period}", pa.float64()) for period in _PERIODS),
    *((f"worst_{period}", pa.float64()) for period in _PERIODS),
    *((f"{period}_count", pa.int64()) for period in _PERIODS),
    *((f"gain_{period}_count", pa.int64()) for period in _PERIODS),
    *((f"loss_{period}_count", pa.int64()) for period in _PERIODS),
    ("gain_month_sum", pa.float64()),
    ("loss_month_sum", pa.float64()),
)

# 1970-01-01 was a Thursday, the fourth day of its week.
_DAYS_INTO_WEEK = 3

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]


def measure_periods(
    dates: Days, equity: Floats, curves: Segments, starting_equity: Floats
) -> dict[str, Any]:
    """Return the best and worst period of each kind, and how many gained and lost.

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
        `PERIOD_COLUMNS`.

    Notes
    -----
    Weeks run from Monday to Sunday, over the end of a year too, as ISO 8601 has them. A period's
    return is over the last equity before it, the starting equity in the first one; periods after
    ruin have none.
    """
    months = dates.astype("datetime64[M]").astype(np.int64)
    numbers = {
        "week": (dates.astype(np.int64) + _DAYS_INTO_WEEK) // 7,
        "month": months,
        "quarter": months // 3,
        "year": months // 12,
    }
    found: dict[str, Any] = {}
    for period, number in numbers.items():
        begins = curves.is_first | (number != np.roll(number, 1))
        in_order, returns = _returns(equity, curves, begins, starting_equity)
        found |= {
            f"best_{period}": in_order.max(returns),
            f"worst_{period}": in_order.min(returns),
            f"{period}_count": in_order.counts,
            f"gain_{period}_count": in_order.count(returns > 0),
            f"loss_{period}_count": in_order.count(returns < 0),
        }
        if period == "month":
            found["gain_month_sum"] = in_order.sum(np.maximum(returns, 0))
            found["loss_month_sum"] = -in_order.sum(np.minimum(returns, 0))
    return found


def _returns(
    equity: Floats, curves: Segments, begins: NDArray[np.bool_], starting_equity: Floats
) -> tuple[Segments, Floats]:
    """Return the returns of the periods that begin so, and which curve has which."""
    in_order = curves.where(begins)
    starts = np.flatnonzero(begins)
    ends = np.append(starts[1:], len(equity)) - 1
    base = equity[np.maximum(starts - 1, 0)]
    base[in_order.starts] = starting_equity
    returns = equity[ends] / np.where(base > 0, base, np.nan) - 1
    has_return = ~np.isnan(returns)
    return in_order.where(has_return), returns[has_return]
