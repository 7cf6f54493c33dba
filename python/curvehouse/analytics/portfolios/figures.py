"""A portfolio in figures, over all its days."""

from __future__ import annotations

from typing import Any

import numpy as np

from curvehouse.analytics.portfolios.contributions import growth_of
from curvehouse.analytics.portfolios.options import PortfolioOptions
from curvehouse.analytics.portfolios.panel import Floats
from curvehouse.analytics.portfolios.walk import Walk

__all__ = ["diversification_benefit", "portfolio_figures"]

_DAYS_PER_YEAR = 365.25

Row = dict[str, Any]


def diversification_benefit(streams: Floats) -> float | None:
    """Return how much calmer a sum is than its parts, shape (n_parts, n_days).

    One less the standard deviation of the sum over the sum of the standard deviations; 0 for one
    part or for copies of one, 1 where parts cancel. None where no part moves.

    Examples
    --------
    >>> diversification_benefit(np.array([[0.1, -0.1], [-0.1, 0.1]]))
    1.0
    """
    if streams.shape[1] < 2:
        return None
    parts = float(streams.std(axis=1, ddof=1).sum())
    if parts <= 1e-12 * float(np.abs(streams).mean(axis=1).sum()):
        return None
    benefit = 1 - float(streams.sum(axis=0).std(ddof=1)) / parts
    # The last digits of a sum may say that copies are noisier together.
    return min(max(benefit, 0.0), 1.0)


def portfolio_figures(walk: Walk, options: PortfolioOptions) -> Row:
    """Return a portfolio's figures; ``status`` says why there are none.

    Notes
    -----
    ``status`` is ``ok``, ``ruined`` where it lost all, ``out_of_range`` where it grew beyond all
    numbers that mean something, else why it was never funded. Growth,
    volatility and turnover a year are None under ``min_calendar_days`` from first day to last.
    """
    count = len(walk.rows)
    if not count:
        return {"status": walk.targets.unfunded_status, "day_count": 0, "rebalance_count": 0}
    days = walk.panel.days[walk.rows]
    span = int((days[-1] - days[0]).astype(int))
    growth = growth_of(walk, options)
    status = "ok" if walk.rows[-1] == len(walk.panel.days) - 1 else "out_of_range"
    row: Row = {
        "status": "ruined" if walk.returns[-1] <= -1 else status,
        "start_date": days[0].item(),
        "end_date": days[-1].item(),
        "day_count": count,
        "rebalance_count": len(walk.targets.rows),
        "total_return": float(walk.equity[-1] - 1),
        "portfolio_cagr": growth.cagr,
        "portfolio_max_dd": growth.max_drawdown,
        "diversification_benefit": diversification_benefit(walk.contributions),
        "total_cost": float((walk.costs * np.concatenate([[1.0], walk.equity[:-1]])).sum()),
        "cash_weight_mean": float(walk.cash.mean()),
    }
    if span >= options.min_calendar_days:
        row["turnover"] = float(walk.turnover.sum()) * _DAYS_PER_YEAR / span
        row |= _dispersion_figures(walk, options)
    return row


def _dispersion_figures(walk: Walk, options: PortfolioOptions) -> Row:
    if len(walk.rows) < 2:
        return {}
    # A calendar of many is at least as dense as that of each.
    periods = float(walk.panel.periods_per_year.max())
    returns = walk.returns
    deviation = float(returns.std(ddof=1))
    row: Row = {"annual_volatility": deviation * np.sqrt(periods)}
    if deviation > options.zero_dispersion_ratio * float(np.abs(returns).mean()):
        excess = float(returns.mean()) - options.risk_free_rate / periods
        row["sharpe_ratio"] = excess / deviation * np.sqrt(periods)
    return row
