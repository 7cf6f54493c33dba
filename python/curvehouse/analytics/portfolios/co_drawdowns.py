"""How two strategies of a portfolio fall together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from curvehouse.analytics.portfolios.options import PortfolioOptions
from curvehouse.analytics.portfolios.panel import Bools, Days, Floats, Panel

__all__ = ["co_drawdowns"]

_DECIMALS = 10

Row = dict[str, Any]


def co_drawdowns(panel: Panel, options: PortfolioOptions) -> Iterator[Row]:
    """Yield a row per pair of members, on the days that both have.

    Notes
    -----
    Returns run from one common day to the next, and drawdowns are on the curves that they make,
    the first common day being the first peak. A member is in drawdown where it is below its
    highest, in ten decimals. The worst joint day is the one with the lowest mean of both returns.
    """
    equity = np.cumprod(1 + panel.returns, axis=1, dtype=np.float64)
    whole = _compare(equity, panel.days) if panel.is_full else None
    size = len(panel.members)
    for first in range(size):
        for second in range(first + 1, size):
            curves, pair = whole, (first, second)
            if curves is None:
                both = panel.has_row[first] & panel.has_row[second]
                curves, pair = _compare(equity[[first, second]][:, both], panel.days[both]), (0, 1)
            names = (panel.members[first].member_id, panel.members[second].member_id)
            row: Row = dict(zip(("member_id", "other_member_id"), names, strict=True))
            row["common_day_count"] = curves.returns.shape[1]
            if row["common_day_count"] >= options.min_days:
                row |= _pair_figures(curves, *pair)
            yield row


@dataclass(frozen=True)
class _Curves:
    """Curves on the same days, as returns, whether they are below their highest, and spreads."""

    days: Days
    returns: Floats
    is_below: Bools
    spread: Floats
    moves: Bools


def _compare(equity: Floats, days: Days) -> _Curves:
    if len(days) < 2:
        nothing = np.empty((len(equity), 0))
        nobody = np.zeros(len(equity), dtype=bool)
        return _Curves(days[:0], nothing, nothing.astype(bool), nothing, nobody)
    before = equity[:, :-1]
    ratio = np.divide(equity[:, 1:], before, out=np.ones_like(before), where=before > 0)
    peaks = np.maximum.accumulate(equity, axis=1)
    depth = np.divide(equity, peaks, out=np.zeros_like(equity), where=peaks > 0) - 1
    returns = ratio - 1
    spread = returns - returns.mean(axis=1, keepdims=True)
    deviation = np.sqrt((spread**2).mean(axis=1, keepdims=True))
    moves = deviation > 1e-12 * np.abs(returns).mean(axis=1, keepdims=True)
    scaled = np.divide(spread, deviation, out=np.zeros_like(spread), where=moves)
    return _Curves(days[1:], returns, np.round(depth, _DECIMALS)[:, 1:] < 0, scaled, moves[:, 0])


def _pair_figures(curves: _Curves, first: int, second: int) -> Row:
    below, other_below = curves.is_below[first], curves.is_below[second]
    together = (curves.returns[first] + curves.returns[second]) / 2
    worst = int(np.argmin(np.round(together, _DECIMALS)))
    row: Row = {
        "drawdown_ratio": float(below.mean()),
        "other_drawdown_ratio": float(other_below.mean()),
        "joint_drawdown_ratio": float((below & other_below).mean()),
        "worst_joint_date": curves.days[worst].item(),
        "worst_joint_return": float(together[worst]),
    }
    if curves.moves[first] and curves.moves[second]:
        correlation = float(curves.spread[first] @ curves.spread[second]) / len(curves.days)
        row["correlation"] = min(max(correlation, -1.0), 1.0)
    return row
