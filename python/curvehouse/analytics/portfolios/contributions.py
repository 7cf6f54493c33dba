"""What each member brought: parts of return and risk, and the portfolio without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from curvehouse.analytics.portfolios.options import PortfolioOptions, PortfolioSpec
from curvehouse.analytics.portfolios.panel import Days, Floats
from curvehouse.analytics.portfolios.walk import Walk, walk_portfolio

__all__ = ["Growth", "growth_of", "member_contributions"]

_DAYS_PER_YEAR = 365.25

Row = dict[str, Any]


@dataclass(frozen=True)
class Growth:
    """Growth a year and the worst drawdown; None where they are not known."""

    cagr: float | None
    max_drawdown: float | None


def growth_of(walk: Walk, options: PortfolioOptions) -> Growth:
    """Return the figures of a walk; growth is None under ``min_calendar_days``."""
    if not len(walk.rows):
        return Growth(None, None)
    span = _calendar_days(walk.panel.days[walk.rows])
    cagr = None
    if span >= options.min_calendar_days:
        with np.errstate(over="ignore"):
            growth = float(np.maximum(walk.equity[-1], 0.0) ** (_DAYS_PER_YEAR / span) - 1)
        cagr = growth if np.isfinite(growth) else None
    return Growth(cagr, float(walk.drawdowns.min()))


def member_contributions(
    walk: Walk, spec: PortfolioSpec, options: PortfolioOptions
) -> Iterator[Row]:
    """Yield a row per member that was ever wanted, and one of costs, whose name is None.

    Notes
    -----
    With c the weight held into a day times the return on it, a member's profit is the sum of its c
    times the equity before the day, as a fraction of the equity at the start: profits add up to
    the total return. Its risk share is cov(c, total) / var(total), where the total is the
    portfolio's return; the shares of all rows sum to 1. Shares are None where the total is below
    ``min_total_return`` in size, or does not move.
    """
    count = len(walk.rows)
    if not count:
        return
    streams = walk.contributions
    costs = -walk.costs * (1 + streams.sum(axis=0))
    before = np.concatenate([[1.0], walk.equity[:-1]])
    total = float(walk.equity[-1] - 1)
    whole = growth_of(walk, options)
    can_leave_out = len(walk.panel.members) <= options.leave_one_out_max_members
    for position, member in enumerate(walk.panel.members):
        if not (walk.targets.weights[:, position] > 0).any():
            continue
        row = _shares(streams[position], walk.returns, before, total, options)
        row |= {"member_id": member.member_id, "backtest_id": member.backtest_id}
        row |= {
            "weight_mean": float(walk.held[position].mean()),
            "held_day_count": int((walk.held[position] > 0).sum()),
        }
        if can_leave_out:
            row |= _left_out(walk, position, whole, spec, options)
        else:
            row |= {"leave_one_out_status": "too_many_members"}
        yield row
    row = _shares(costs, walk.returns, before, total, options)
    yield row | {"leave_one_out_status": "costs", "held_day_count": 0}


def _shares(
    stream: Floats, returns: Floats, before: Floats, total: float, options: PortfolioOptions
) -> Row:
    profit = float(stream @ before)
    spread = float(np.var(returns))
    deviations = stream - stream.mean()
    row: Row = {"contribution_stddev": None, "risk_share": None}
    if len(stream) > 1:
        row["contribution_stddev"] = float(stream.std(ddof=1))
    if spread > 1e-24 * float(np.abs(returns).mean()) ** 2 and len(stream) > 1:
        row["risk_share"] = float(deviations @ (returns - returns.mean())) / (spread * len(stream))
    return row | {
        "profit": profit,
        "return_share": profit / total if abs(total) >= options.min_total_return else None,
    }


def _left_out(
    walk: Walk, position: int, whole: Growth, spec: PortfolioSpec, options: PortfolioOptions
) -> Row:
    without = walk_portfolio(walk.panel.without(position), spec, options)
    if not len(without.rows):
        return {"leave_one_out_status": without.targets.unfunded_status}
    found = growth_of(without, options)
    return {
        "leave_one_out_status": "ok",
        "cagr_change_without": _change(found.cagr, whole.cagr),
        "max_drawdown_change_without": _change(found.max_drawdown, whole.max_drawdown),
    }


def _change(new: float | None, old: float | None) -> float | None:
    return None if new is None or old is None else new - old


def _calendar_days(days: Days) -> int:
    return int((days[-1] - days[0]).astype(int))
