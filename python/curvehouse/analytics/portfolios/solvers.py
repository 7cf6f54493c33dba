"""Whole-portfolio weights as convex programs, solved by Clarabel.

Clarabel is an interior-point solver for quadratic objectives under conic constraints. It is small,
kept by the group that wrote its method, comes as a wheel without further dependencies, is the
default of the modelling layers above it, and gives the same digits in every run. The programs here
are small and known, so they are put to it directly.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from curvehouse.analytics.portfolios.panel import Floats

__all__ = ["SolverError", "max_sharpe", "min_variance", "risk_parity"]

_TOLERANCE = 1e-10
_MAX_ITERATIONS = 200
_ACTIVE = 1e-6


class SolverError(ArithmeticError):
    """There is no solution, or none was found; ``status`` says which."""

    def __init__(self, status: str) -> None:
        self.status = status
        super().__init__(status)


def min_variance(covariance: Floats, max_weight: float = 1.0) -> Floats:
    """Return the fully invested weights of the lowest variance.

    Parameters
    ----------
    covariance : array of float64, shape (n, n)
        Positive definite.
    max_weight : float
        Of each; where the caps leave no way to be fully invested, all weights are at it.

    Raises
    ------
    SolverError
        When the solver finds no solution.

    Examples
    --------
    >>> min_variance(np.diag([1.0, 3.0])).round(6)
    array([0.75, 0.25])
    """
    size = len(covariance)
    if size * max_weight <= 1:
        return np.full(size, max_weight)
    scaled = covariance / (np.trace(covariance) / size)
    found = _solve_bounded(scaled, np.ones(size), np.ones(size), max_weight)
    weights: Floats = np.minimum(found / found.sum(), max_weight)
    return weights


def max_sharpe(means: Floats, covariance: Floats, max_weight: float = 1.0) -> Floats:
    """Return the fully invested weights of the highest ratio of mean to standard deviation.

    Parameters
    ----------
    means : array of float64, shape (n,)
        Expected excess returns.
    covariance : array of float64, shape (n, n)
        Positive definite.
    max_weight : float
        As of `min_variance`.

    Raises
    ------
    SolverError
        With status ``no_positive_mean`` when no weights within the caps have a mean above zero,
        since then holding least is best; else when the solver finds no solution.

    Examples
    --------
    >>> max_sharpe(np.array([2.0, 1.0]), np.eye(2)).round(6)
    array([0.666667, 0.333333])
    """
    size = len(means)
    if _highest_mean(means, max_weight) <= 0:
        raise SolverError("no_positive_mean")
    if size * max_weight <= 1:
        return np.full(size, max_weight)
    # In units of each deviation, weights and multipliers are of one size.
    deviation = np.sqrt(np.diag(covariance))
    scaled = covariance / np.outer(deviation, deviation)
    ratio = means / deviation
    ratio = ratio / np.abs(ratio).max()
    found = _solve_bounded(scaled, ratio, 1 / deviation, max_weight)
    amounts = found / deviation
    if not amounts.sum() > 0:
        raise SolverError("solver_failed")
    weights: Floats = amounts / amounts.sum()
    return np.minimum(weights, max_weight)


def risk_parity(covariance: Floats) -> Floats:
    """Return the weights that all bring the same part of the variance; they sum to 1.

    Parameters
    ----------
    covariance : array of float64, shape (n, n)
        Positive definite.

    Raises
    ------
    SolverError
        When the solver finds no solution.

    Notes
    -----
    Minimises x'Cx / 2 - sum(log x) / n, whose minimum has x(Cx) equal throughout, with the
    logarithms as exponential cones; a few Newton steps on the same function bring it to the last
    digits.

    References
    ----------
    Spinu (2013), "An Algorithm for Computing Risk Parity Weights".

    Examples
    --------
    >>> risk_parity(np.diag([1.0, 4.0])).round(6)
    array([0.666667, 0.333333])
    """
    size = len(covariance)
    deviation = np.sqrt(np.diag(covariance))
    scaled = covariance / np.outer(deviation, deviation)
    objective = np.zeros((2 * size, 2 * size))
    objective[:size, :size] = scaled
    gain = np.concatenate([np.zeros(size), np.full(size, -1 / size)])
    # Each cone holds (t, 1, x): exp(t) <= x.
    rows = np.zeros((3 * size, 2 * size))
    rows[np.arange(size) * 3, size + np.arange(size)] = -1
    rows[np.arange(size) * 3 + 2, np.arange(size)] = -1
    bounds = np.tile([0.0, 1.0, 0.0], size)
    found = _solve(objective, gain, rows, bounds, [("exponential", size)])[:size]
    amounts = _newton(scaled, np.maximum(found, 1e-8), size) / deviation
    weights: Floats = amounts / amounts.sum()
    return weights


def _newton(scaled: Floats, start: Floats, size: int) -> Floats:
    point = start
    for _ in range(20):
        slope = scaled @ point - 1 / (size * point)
        step = np.linalg.solve(scaled + np.diag(1 / (size * point**2)), slope)
        # The function is self-concordant: such a step stays inside.
        length = float(np.sqrt(size * max(float(slope @ step), 0.0)))
        point = point - step / (1 + length)
        if length < 1e-12:
            break
    return point


def _highest_mean(means: Floats, max_weight: float) -> float:
    """Return the mean of putting all that the cap allows on the best, then on the next."""
    room = np.clip(1 - max_weight * np.arange(len(means)), 0.0, max_weight)
    return float(np.sort(means)[::-1] @ room)


def _solve_bounded(objective: Floats, equal: Floats, unit: Floats, max_weight: float) -> Floats:
    """Minimise x'Px / 2 where x is not negative, ``equal`` x is 1 and weights are below the cap.

    Weights are ``unit`` x over their sum, which is one more variable, so that the rows stay short.
    """
    size = len(objective)
    has_cap = max_weight < 1
    rows = np.zeros((2 + size * (2 if has_cap else 1), size + 1))
    rows[0, :size] = equal
    rows[1, :size], rows[1, size] = unit, -1.0
    rows[2 : 2 + size, :size] = -np.eye(size)
    if has_cap:
        rows[2 + size :, :size] = np.diag(unit)
        rows[2 + size :, size] = -max_weight
    bounds = np.zeros(len(rows))
    bounds[0] = 1.0
    full = np.zeros((size + 1, size + 1))
    full[:size, :size] = objective
    cones = [("zero", 2), ("nonnegative", len(rows) - 2)]
    found = _solve(full, np.zeros(size + 1), rows, bounds, cones)
    return np.maximum(_polished(full, rows, bounds, 2, found)[:size], 0.0)


def _polished(
    objective: Floats, rows: Floats, bounds: Floats, equal_count: int, found: Floats
) -> Floats:
    """Solve once more with the bounds that hold, which is linear and exact; keep what is better."""
    slack = bounds - rows @ found
    holds = slack < _ACTIVE
    holds[:equal_count] = True
    size, held = len(found), int(holds.sum())
    system = np.zeros((size + held, size + held))
    system[:size, :size] = objective
    system[:size, size:] = rows[holds].T
    system[size:, :size] = rows[holds]
    wanted = np.concatenate([np.zeros(size), bounds[holds]])
    exact = np.linalg.lstsq(system, wanted, rcond=None)[0][:size]
    is_inside = (bounds - rows @ exact)[equal_count:].min() >= -_TOLERANCE
    is_better = exact @ objective @ exact <= found @ objective @ found * (1 + 1e-8)
    return exact if is_inside and is_better else found


def _solve(
    objective: Floats,
    gain: Floats,
    rows: Floats,
    bounds: Floats,
    cones: list[tuple[str, int]],
) -> Floats:
    """Minimise x'Px / 2 + q'x where the bounds less the rows times x are in the cones."""
    import clarabel  # noqa: PLC0415

    kinds: list[Any] = []
    for kind, count in cones:
        if kind == "exponential":
            kinds += [clarabel.ExponentialConeT() for _ in range(count)]
        elif kind == "zero":
            kinds.append(clarabel.ZeroConeT(count))
        else:
            kinds.append(clarabel.NonnegativeConeT(count))
    solver = clarabel.DefaultSolver(
        _columns(np.triu(objective)),
        gain,
        _columns(rows),
        bounds,
        kinds,
        _settings(),
    )
    solution = solver.solve()
    found = np.array(solution.x)
    if str(solution.status) not in {"Solved", "AlmostSolved"} or not np.isfinite(found).all():
        raise SolverError("solver_failed")
    return found


def _columns(matrix: Floats) -> Any:
    """Return a matrix in columns, without the checks that would take longer than the solving."""
    from scipy import sparse  # noqa: PLC0415

    by_column = matrix.T
    at = np.nonzero(by_column)
    starts = np.zeros(len(by_column) + 1, dtype=np.int32)
    np.cumsum(np.bincount(at[0], minlength=len(by_column)), out=starts[1:])
    return sparse.csc_matrix((by_column[at], at[1].astype(np.int32), starts), shape=matrix.shape)


@cache
def _settings() -> Any:
    import clarabel  # noqa: PLC0415

    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1
    settings.max_iter = _MAX_ITERATIONS
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = _TOLERANCE
    return settings
