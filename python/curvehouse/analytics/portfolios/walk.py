"""Holding what was decided, day by day, and letting it drift in between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from curvehouse.analytics.portfolios.options import PortfolioOptions, PortfolioSpec
from curvehouse.analytics.portfolios.panel import Bools, Floats, Ints, Panel
from curvehouse.analytics.portfolios.targets import Targets, decide_targets

__all__ = ["Walk", "walk_portfolio"]

_BASIS_POINTS = 1e-4
# Of 1 at the start. What grows beyond it is an error of a curve, and soon no number any more.
_LARGEST_EQUITY = 1e100


@dataclass(frozen=True)
class Walk:
    """A portfolio on its days, from the first funded rebalance on.

    Attributes
    ----------
    panel : Panel
    targets : Targets
        What was decided.
    rows : array of int, shape (n_days,)
        Positions of the days in the panel.
    held : array of float64, shape (n_members, n_days)
        Weights held into each day, as fractions of the equity after that day's costs.
    drifted : array of float64, shape (n_decisions, n_members)
        Weights just before each rebalance; the rest is cash.
    cash : array of float64, shape (n_days,)
        Weight of cash held into each day.
    returns, costs : array of float64, shape (n_days,)
        Simple returns after costs, and the costs of rebalancing as fractions of the equity that
        they were paid from.
    equity, drawdowns : array of float64, shape (n_days,)
        At the end of each day, of 1 at the start; and below the highest so far, the start
        included.
    turnover : array of float64, shape (n_days,)
        Half the sum of the changes of all weights, cash among them; 0 of the first purchase, and
        on days without a rebalance.
    """

    panel: Panel
    targets: Targets
    rows: Ints
    held: Floats
    drifted: Floats
    cash: Floats
    returns: Floats
    costs: Floats
    equity: Floats
    drawdowns: Floats
    turnover: Floats

    @property
    def contributions(self) -> Floats:
        """Weight held into a day times the member's return on it, shape (n_members, n_days)."""
        found: Floats = self.held * self.panel.returns[:, self.rows]
        return found


def walk_portfolio(
    panel: Panel, spec: PortfolioSpec, options: PortfolioOptions | None = None
) -> Walk:
    """Decide what to hold at each rebalance, hold it, and let it drift.

    Parameters
    ----------
    panel : Panel
    spec : PortfolioSpec
    options : PortfolioOptions, optional

    Notes
    -----
    A rebalance is made at the open of its day: the new weights earn that day's return. A member
    without a row on a day is held at its last value, and from the day after
    ``max_missing_days`` such days it is cash. Cash earns nothing. Costs are taken from the equity
    before the new weights are bought. A portfolio that loses all ends on that day, and one whose
    equity passes 1e100 on the day before.
    """
    options = options or PortfolioOptions()
    targets = decide_targets(panel, spec, options)
    is_gone = panel.missing_days > options.max_missing_days
    first = int(targets.rows[0]) if len(targets.rows) else len(panel.days)
    rows = np.arange(first, len(panel.days))
    growth = _growth(panel, is_gone, rows)
    path = _drift(targets, growth, is_gone[:, rows], spec.cost_bps * _BASIS_POINTS)
    with np.errstate(over="ignore", invalid="ignore"):
        equity = np.cumprod(1 + path.returns[: path.end], dtype=np.float64)
    end = int((np.cumsum(~(equity < _LARGEST_EQUITY)) == 0).sum())
    targets, equity = _until(targets, int(rows[end - 1]) if end else -1), equity[:end]
    peaks = np.maximum(np.maximum.accumulate(equity), 1.0)
    return Walk(
        panel,
        targets,
        rows[:end],
        path.held[:, :end],
        path.drifted[: len(targets.rows)],
        np.maximum(1 - path.held[:, :end].sum(axis=0), 0.0),
        path.returns[:end],
        path.costs[:end],
        equity,
        np.clip(equity / peaks - 1, -1.0, 0.0),
        path.turnover[:end],
    )


@dataclass
class _Path:
    """What a drift fills in; ``end`` is the number of days until all was lost, or all of them."""

    held: Floats
    drifted: Floats
    returns: Floats
    costs: Floats
    turnover: Floats
    end: int


def _growth(panel: Panel, is_gone: Bools, rows: Ints) -> Floats:
    """Return 1 + return by member and day; 1 where a member is cash."""
    growth = 1 + panel.returns[:, rows]
    growth[is_gone[:, rows]] = 1.0
    return growth


def _drift(targets: Targets, growth: Floats, is_gone: Bools, cost_rate: float) -> _Path:
    members, days = growth.shape
    path = _Path(
        np.zeros((members, days)),
        np.zeros((len(targets.rows), members)),
        np.zeros(days),
        np.zeros(days),
        np.zeros(days),
        days,
    )
    starts = targets.rows - targets.rows[:1].sum()
    ends = np.append(starts[1:], days)[: len(starts)]
    weights, was_invested = np.zeros(members), False
    for number, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        path.drifted[number] = weights
        target = targets.weights[number]
        change = np.abs(target - weights).sum()
        path.costs[start] = cost_rate * change
        if was_invested:
            path.turnover[start] = (change + abs(target.sum() - weights.sum())) / 2
        was_invested = was_invested or bool(target.sum() > 0)
        weights = _hold(path, target, growth[:, start:end], is_gone[:, start:end], start)
        if path.end < days:
            break
    return path


def _hold(path: _Path, target: Floats, growth: Floats, is_gone: Bools, start: int) -> Floats:
    """Fill in the days from a rebalance to the next; return the weights at their end."""
    end = start + growth.shape[1]
    gone = np.logical_or.accumulate(is_gone, axis=1)
    block = np.where(gone, 1.0, growth)
    values = target[:, None] * np.cumprod(block, axis=1)
    cash = 1 - target.sum()
    totals = cash + values.sum(axis=0)
    before = np.empty_like(totals)
    before[0], before[1:] = 1.0, totals[:-1]
    opening = np.column_stack([target, values[:, :-1]])
    with np.errstate(divide="ignore", invalid="ignore"):
        path.held[:, start:end] = np.where(gone, 0.0, opening / before)
        path.returns[start:end] = totals / before - 1
        path.returns[start] = (1 - path.costs[start]) * totals[0] - 1
    lost = np.flatnonzero(totals <= 0)
    if len(lost):
        path.end = start + int(lost[0]) + 1
        path.returns[path.end - 1] = -1.0
        return target
    closing: Floats = np.where(gone[:, -1], 0.0, values[:, -1] / totals[-1])
    return closing


def _until(targets: Targets, last_row: int) -> Targets:
    count = int((targets.rows <= last_row).sum())
    if count == len(targets.rows):
        return targets
    return Targets(
        targets.rows[:count],
        targets.weights[:count],
        targets.score[:count],
        targets.raw[:count],
        targets.is_capped[:count],
        targets.member_status[:count],
        targets.status[:count],
        targets.unfunded_status,
    )
