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
    first = int(targets.rows[0]) if len(targets.rows) else len(panel.days)
    rows = np.arange(first, len(panel.days))
    path = _drift(panel, targets, rows, options.max_missing_days)
    _charge(path, targets, spec.cost_bps * _BASIS_POINTS)
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
    """What the days of a drift come to, before costs until they are charged.

    ``starts`` are the positions of the rebalances among the days, ``end`` the number of days until
    all was lost, or all of them.
    """

    starts: Ints
    held: Floats
    drifted: Floats
    returns: Floats
    costs: Floats
    turnover: Floats
    end: int


def _drift(panel: Panel, targets: Targets, rows: Ints, max_missing_days: int) -> _Path:
    """Let each decision's weights drift until the next, all periods at once.

    What is decided does not depend on how the weights before it drifted, so neither does a period.
    """
    members, days, periods = len(panel.members), len(rows), len(targets.rows)
    starts = targets.rows - rows[0] if periods else targets.rows
    if not periods:
        nothing = np.zeros(0)
        return _Path(starts, np.zeros((members, 0)), targets.weights, nothing, nothing, nothing, 0)
    lengths = np.diff(np.append(starts, days))
    offsets = np.arange(lengths.max())
    is_day = offsets < lengths[:, None]
    at = np.minimum(starts[:, None] + offsets, days - 1) + rows[0]
    values, gone = _values(panel, targets.weights, at, is_day, max_missing_days)
    totals = 1 - targets.weights.sum(axis=1)[:, None] + values.sum(axis=0)
    before = np.concatenate([np.ones((periods, 1)), totals[:, :-1]], axis=1)
    opening = np.concatenate([targets.weights.T[:, :, None], values[:, :, :-1]], axis=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        held = opening / before if gone is None else np.where(gone, 0.0, opening / before)
        returns = (totals / before - 1)[is_day]
        last = values[:, :, -1] / totals[:, -1]
    lost = np.flatnonzero(totals[is_day] <= 0)
    end = int(lost[0]) + 1 if len(lost) else days
    returns[end - 1 : end][totals[is_day][end - 1 : end] <= 0] = -1.0
    closing = last if gone is None else np.where(gone[:, :, -1], 0.0, last)
    drifted = np.concatenate([np.zeros((1, members)), closing.T[:-1]])
    by_day = held.reshape(members, -1).compress(is_day.ravel(), axis=1)
    return _Path(starts, by_day, drifted, returns, np.zeros(days), np.zeros(days), end)


def _values(
    panel: Panel, weights: Floats, at: Ints, is_day: Bools, max_missing_days: int
) -> tuple[Floats, Bools | None]:
    """Return the value of each holding, shape (n_members, n_periods, n_days), and who is cash.

    Days beyond the end of a shorter period stay as its last day. None where nobody ever is cash.
    """
    growth = 1 + panel.returns.take(at, axis=1)
    np.copyto(growth, 1.0, where=~is_day)
    gone = None
    if not panel.is_full:
        is_missing = (panel.missing_days[:, at] > max_missing_days) & is_day
        gone = np.logical_or.accumulate(is_missing, axis=2)
        growth[gone] = 1.0
    values = weights.T[:, :, None] * np.cumprod(growth, axis=2)
    return values, gone


def _charge(path: _Path, targets: Targets, cost_rate: float) -> None:
    """Count what each rebalance trades, and take its costs from the day's return."""
    if not len(targets.rows):
        return
    changes = np.abs(targets.weights - path.drifted).sum(axis=1)
    moved_cash = np.abs(targets.weights.sum(axis=1) - path.drifted.sum(axis=1))
    was_invested = np.cumsum(targets.weights.sum(axis=1) > 0) > 0
    is_later = np.concatenate([[False], was_invested[:-1]])
    path.turnover[path.starts] = np.where(is_later, (changes + moved_cash) / 2, 0.0)
    path.costs[path.starts] = cost_rate * changes
    kept = 1 - path.costs[path.starts]
    path.returns[path.starts] = kept * (1 + path.returns[path.starts]) - 1


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
