"""Whole-portfolio methods: weights from means and covariances of the members' last days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from curvehouse.analytics.portfolios.caps import capped_weights
from curvehouse.analytics.portfolios.hrp import hierarchical_risk_parity
from curvehouse.analytics.portfolios.options import PortfolioOptions, PortfolioSpec
from curvehouse.analytics.portfolios.panel import Bools, Floats, Ints, Panel
from curvehouse.analytics.portfolios.solvers import (
    SolverError,
    max_sharpe,
    min_variance,
    risk_parity,
)

__all__ = ["MethodResult", "estimation_window", "ledoit_wolf_covariance", "method_weights"]

_AT_CAP = 1e-9


@dataclass(frozen=True)
class MethodResult:
    """Weights of the members asked about, or None and a status that says why."""

    weights: Floats | None
    is_capped: Bools
    status: str


def method_weights(
    panel: Panel,
    members: Ints,
    last_row: int,
    spec: PortfolioSpec,
    options: PortfolioOptions,
) -> MethodResult:
    """Return the weights of some members by the portfolio's method.

    Parameters
    ----------
    panel : Panel
    members : array of int
        Positions of those that may be held.
    last_row : int
        Position of the last day that may be seen.
    spec : PortfolioSpec
        With a method.
    options : PortfolioOptions
    """
    nobody = np.zeros(len(members), dtype=bool)
    if len(members) == 1:
        weights = np.array([min(1.0, spec.max_weight)])
        return MethodResult(weights, weights < 1, "ok")
    window = estimation_window(panel, members, last_row, options)
    covariance = ledoit_wolf_covariance(window)
    if not np.diag(covariance).min() > 0:
        return MethodResult(None, nobody, "solver_failed")
    try:
        weights = _solved(window, covariance, panel.periods_per_year[members], spec, options)
    except (SolverError, np.linalg.LinAlgError) as error:
        return MethodResult(None, nobody, getattr(error, "status", "solver_failed"))
    if spec.method in ("risk_parity", "hrp"):
        everybody = np.ones(len(members), dtype=bool)
        capped, is_capped = capped_weights(weights[None, :], spec.max_weight, everybody)
        return MethodResult(capped[0], is_capped[0], "ok")
    is_capped = (weights >= spec.max_weight - _AT_CAP) & (spec.max_weight < 1)
    return MethodResult(weights, is_capped, "ok")


def estimation_window(
    panel: Panel, members: Ints, last_row: int, options: PortfolioOptions
) -> Floats:
    """Return the last days on which all the members have begun, shape (n_days, n_members).

    A member without a row on one of them has a return of 0, as it is held.
    """
    begun = int(panel.first_rows[members].max())
    first = max(begun, last_row + 1 - options.window_days)
    window: Floats = panel.returns[:, first : last_row + 1][members].T
    return window


def ledoit_wolf_covariance(returns: Floats) -> Floats:
    """Return the covariance of returns, shape (n_days, n), shrunk towards equal variances.

    Notes
    -----
    The sample covariance (ddof 0) is mixed with the mean variance on the diagonal, by the amount
    that loses least if the returns were independent over days. The same numbers as
    ``sklearn.covariance.ledoit_wolf``, at a tenth of the time for the sizes that occur here.

    References
    ----------
    Ledoit and Wolf (2004), "A Well-Conditioned Estimator for Large-Dimensional Covariance
    Matrices", Journal of Multivariate Analysis 88.
    """
    count, size = returns.shape
    centred = returns - returns.mean(axis=0)
    sample = centred.T @ centred / count
    level = np.trace(sample) / size
    distance = float((sample**2).sum()) - size * level**2
    noise = float(((centred**2).sum(axis=1) ** 2).sum()) / count - float((sample**2).sum())
    noise = min(noise / count, distance)
    shrinkage = noise / distance if noise > 0 else 0.0
    covariance: Floats = (1 - shrinkage) * sample
    covariance.flat[:: size + 1] += shrinkage * level
    return covariance


def _solved(
    window: Floats,
    covariance: Floats,
    periods_per_year: Floats,
    spec: PortfolioSpec,
    options: PortfolioOptions,
) -> Floats:
    if spec.method == "min_variance":
        return min_variance(covariance, spec.max_weight)
    if spec.method == "max_sharpe":
        means = window.mean(axis=0) - options.risk_free_rate / periods_per_year
        return max_sharpe(means, covariance, spec.max_weight)
    if spec.method == "risk_parity":
        return risk_parity(covariance)
    if spec.method == "hrp":
        return hierarchical_risk_parity(covariance)
    raise ValueError(f"there is no method {spec.method!r}")
