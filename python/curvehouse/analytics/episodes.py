"""How often, how deep and how long many curves were under water."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from curvehouse.analytics.segments import Segments

__all__ = ["EPISODE_COLUMNS", "measure_episodes"]

EPISODE_COLUMNS = (
    ("max_drawdown_peak_date", pa.date32()),
    ("max_drawdown_trough_date", pa.date32()),
    ("max_drawdown_recovery_date", pa.date32()),
    ("drawdown_count", pa.int64()),
    ("drawdown_depth_mean", pa.float64()),
    ("underwater_days_mean", pa.float64()),
    ("longest_underwater_days", pa.float64()),
    ("max_drawdown_days", pa.float64()),
)

# What the warehouse compares ranks and thresholds by: sums differ in their last digits.
_DECIMALS = 10

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]


def measure_episodes(dates: Days, drawdown: Floats, curves: Segments) -> dict[str, Any]:
    """Return what the episodes of each curve come to, and when the deepest of them was.

    Parameters
    ----------
    dates, drawdown : arrays
        Of the days of whole curves, in order, the days after ruin too.
    curves : Segments
        Each with a day at least.

    Returns
    -------
    dict
        `EPISODE_COLUMNS`, as fct_drawdowns has them one by one: an episode runs over days that are
        under water, its peak is the day before the first of them, or that day where it is the
        curve's first, and its recovery the day after the last. Of equally deep ones the earliest
        counts.
    """
    depth: Floats = np.nan_to_num(drawdown).clip(max=0.0).round(_DECIMALS)
    under = depth < 0
    begins = under & (curves.is_first | ~np.roll(under, 1))
    ends = np.flatnonzero(under & (curves.is_last | ~np.roll(under, -1)))
    starts = np.flatnonzero(begins)
    of_curve = curves.where(begins)
    episodes = Segments(ends - starts + 1)
    lowest = episodes.min(depth[under])
    lasted = (dates[ends] - dates[starts]).astype(np.float64) + 1
    deepest = _first(lowest == of_curve.min(lowest)[of_curve.keys], of_curve)
    trough_of = _first(depth[under] == lowest[episodes.keys], episodes)
    peak = dates[np.where(curves.is_first[starts], starts, starts - 1)]
    recovery = dates[np.minimum(ends + 1, len(dates) - 1)].copy()
    recovery[curves.is_last[ends]] = np.datetime64("NaT")
    end = np.where(np.isnat(recovery), dates[ends], recovery)
    return {
        "max_drawdown_peak_date": _dates_at(peak, deepest),
        "max_drawdown_trough_date": _dates_at(dates[under][trough_of], deepest),
        "max_drawdown_recovery_date": _dates_at(recovery, deepest),
        "drawdown_count": of_curve.counts,
        "drawdown_depth_mean": of_curve.mean(episodes.min(drawdown[under])),
        "underwater_days_mean": of_curve.mean(lasted),
        "longest_underwater_days": of_curve.max(lasted),
        "max_drawdown_days": _floats_at((end - peak).astype(np.float64), deepest),
    }


def _first(flags: NDArray[np.bool_], series: Segments) -> NDArray[np.int64]:
    """Return the place of the first flag that is set in each series, -1 of an empty one."""
    places = np.flatnonzero(flags)
    keys, firsts = np.unique(series.keys[places], return_index=True)
    found = np.full(len(series.counts), -1, dtype=np.int64)
    found[keys] = places[firsts]
    return found


def _floats_at(values: Floats, places: NDArray[np.int64]) -> Floats:
    found = np.full(len(places), np.nan)
    found[places >= 0] = values[places[places >= 0]]
    return found


def _dates_at(dates: Days, places: NDArray[np.int64]) -> Days:
    found = np.full(len(places), np.datetime64("NaT"), dtype="datetime64[D]")
    found[places >= 0] = dates[places[places >= 0]]
    return found
