"""Members by a rule: the best of a run, by what is known at each rebalance."""

from __future__ import annotations

import numpy as np

from curvehouse.analytics.portfolios.options import PortfolioOptions
from curvehouse.analytics.portfolios.panel import Bools, Floats, Ints, Panel

__all__ = ["SELECT_METRICS", "select_members"]

SELECT_METRICS = (
    "sharpe_ratio",
    "sortino_ratio",
    "calmar_ratio",
    "annual_return",
    "annual_volatility",
    "max_drawdown",
)

_LOWER_IS_BETTER = ("annual_volatility",)
_DECIMALS = 10


def select_members(
    panel: Panel,
    last_rows: Ints,
    is_eligible: Bools,
    *,
    metric: str,
    top: int,
    options: PortfolioOptions,
) -> Bools:
    """Return who is chosen at each decision, shape (n_decisions, n_members).

    Parameters
    ----------
    panel : Panel
        All candidates.
    last_rows : array of int, shape (n_decisions,)
        The position of the last day that each decision may see; -1 for none.
    is_eligible : array of bool, shape (n_decisions, n_members)
        Others are not chosen.
    metric : str
        One of `SELECT_METRICS`, of all of a candidate's days so far; those without are not chosen.
    top : int
        So many at most.
    options : PortfolioOptions

    Notes
    -----
    Values are rounded to ten decimals before they are ranked, and ties go by ``member_id``, so
    that the last digits of a sum decide nothing.
    """
    chosen = np.zeros(is_eligible.shape, dtype=bool)
    if not len(panel.days):
        return chosen
    values = np.full(is_eligible.shape, -np.inf)
    for position in range(len(panel.members)):
        counts = panel.row_counts[position, np.maximum(last_rows, 0)]
        wanted = is_eligible[:, position]
        if wanted.any():
            own = panel.returns[position][panel.has_row[position]]
            periods = panel.members[position].periods_per_year
            figures = _metric(metric, own, periods, options)
            values[wanted, position] = figures[counts[wanted] - 1]
    ranked = np.round(values, _DECIMALS) * (-1 if metric in _LOWER_IS_BETTER else 1)
    known = is_eligible & np.isfinite(values)
    ranked[~known] = -np.inf
    # A stable sort leaves ties in order of member_id.
    order = np.argsort(-ranked, axis=1, kind="stable")[:, :top]
    np.put_along_axis(chosen, order, values=True, axis=1)
    chosen &= known
    return chosen


def _metric(name: str, own: Floats, periods: float, options: PortfolioOptions) -> Floats:
    """Return a metric of the first 1, 2, … returns; NaN where it is not known."""
    yearly = float(np.sqrt(periods))
    numbers = np.arange(1, len(own) + 1)
    if name == "max_drawdown":
        return _max_drawdowns(own)
    if name == "annual_volatility":
        return _scaled(_deviations(own, numbers, options), yearly)
    logs = np.cumsum(np.log1p(np.maximum(own, -1 + 1e-15)))
    with np.errstate(over="ignore"):
        growth = np.expm1(logs * periods / numbers)
    if name == "annual_return":
        return growth
    if name == "calmar_ratio":
        return _ratio(growth, -_max_drawdowns(own))
    excess = own - options.risk_free_rate / periods
    mean = np.cumsum(excess) / numbers
    if name == "sharpe_ratio":
        return _scaled(_ratio(mean, _deviations(excess, numbers, options)), yearly)
    if name == "sortino_ratio":
        downside = np.sqrt(np.cumsum(np.minimum(excess, 0.0) ** 2) / numbers)
        return _scaled(_ratio(mean, downside), yearly)
    raise ValueError(f"there is no metric {name!r}")


def _scaled(values: Floats, factor: float) -> Floats:
    scaled: Floats = values * factor
    return scaled


def _deviations(own: Floats, numbers: Ints, options: PortfolioOptions) -> Floats:
    mean = np.cumsum(own) / numbers
    spread = np.maximum(np.cumsum(own**2) - numbers * mean**2, 0.0)
    deviation = np.sqrt(spread / np.maximum(numbers - 1, 1))
    # Running sums carry errors of the size of their last digits, which is no dispersion.
    least = max(options.zero_dispersion_ratio, 1e-7) * np.cumsum(np.abs(own)) / numbers
    found: Floats = np.where(deviation > least, deviation, 0.0)
    return found


def _max_drawdowns(own: Floats) -> Floats:
    equity = np.cumprod(1 + own)
    peaks = np.maximum(np.maximum.accumulate(equity), 1.0)
    lowest: Floats = np.minimum.accumulate(np.minimum(equity / peaks - 1, 0.0))
    return lowest


def _ratio(numerator: Floats, denominator: Floats) -> Floats:
    found = np.full(numerator.shape, np.nan)
    np.divide(numerator, denominator, out=found, where=denominator > 0)
    return found
