"""The days on which a portfolio is rebalanced."""

from __future__ import annotations

import numpy as np

from curvehouse.analytics.portfolios.panel import Days, Ints

__all__ = ["rebalance_rows"]

# 1 January 1970 was a Thursday; ISO weeks begin on Mondays.
_DAYS_INTO_WEEK = 3


def rebalance_rows(days: Days, cadence: str) -> Ints:
    """Return the positions of the first day of each period.

    Parameters
    ----------
    days : array of datetime64[D]
        In order, each once.
    cadence : {"daily", "weekly", "monthly"}
        Weeks are ISO weeks, so that one runs over New Year, and months are calendar months.

    Examples
    --------
    >>> days = np.array(["2020-12-31", "2021-01-01", "2021-01-04"], "datetime64[D]")
    >>> rebalance_rows(days, "weekly").tolist(), rebalance_rows(days, "monthly").tolist()
    ([0, 2], [0, 1])
    """
    numbers = days.astype("datetime64[D]").astype(np.int64)
    if cadence == "weekly":
        numbers = (numbers + _DAYS_INTO_WEEK) // 7
    elif cadence == "monthly":
        numbers = days.astype("datetime64[M]").astype(np.int64)
    elif cadence != "daily":
        raise ValueError(f"there is no cadence {cadence!r}")
    is_first = np.diff(numbers, prepend=numbers[:1] - 1) != 0
    rows: Ints = np.flatnonzero(is_first)
    return rows
