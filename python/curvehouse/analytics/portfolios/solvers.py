"""Whole-portfolio weights as convex programs.

Which of the bounds hold at the optimum is tried out first: where they are known, the rest is
linear, and whether it is the optimum shows in its multipliers. What that does not settle goes to
Clarabel, an interior-point solver for quadratic objectives under conic constraints. It is small,
kept by the group that wrote its method, comes as a wheel without further dependencies, is the
default of the modelling layers above it, and gives the same digits in every run. The programs here
are small and known, so they are put to it directly.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from curvehouse.analytics.lazy_imports import imported
from curvehouse.analytics.portfolios.panel import Bools, Floats

__all__ = ["SolverError", "max_sharpe", "min_variance", "risk_parity"]

# The first is enough to tell which bounds hold; the rest is linear, and the optimum is proved.
_TOLERANCES = (1e-6, 1e-8, 1e-11)
_MAX_ITERATIONS = 200
_MAX_PIVOTS = 20
_OUTSIDE = 1e-12
_EQUATIONS = 2
_FULL_STEP = 0.25
_NEWTON_TOLERANCE = 1e-11


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
    Minimises x'Cx / 2 - sum(log x) / n, whose minimum has x(Cx) equal throughout. That is smooth,
    without constraints and self-concordant, so that damped Newton steps lead to it from anywhere.

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
    # The right size for equal amounts, from which each step comes closer.
    point = np.full(size, 1 / np.sqrt(scaled.sum()))
    for _ in range(_MAX_ITERATIONS):
        slope = scaled @ point - 1 / (size * point)
        curvature = scaled.copy()
        curvature.flat[:: size + 1] += 1 / (size * point**2)
        step = np.linalg.solve(curvature, slope)
        # The function is self-concordant, so that a step of this length stays inside.
        length = float(np.sqrt(size * max(float(slope @ step), 0.0)))
        point -= step / (1 + length) if length > _FULL_STEP else step
        if length < _NEWTON_TOLERANCE:
            amounts = point / deviation
            weights: Floats = amounts / amounts.sum()
            return weights
    raise SolverError("solver_failed")


def _highest_mean(means: Floats, max_weight: float) -> float:
    """Return the mean of putting all that the cap allows on the best, then on the next."""
    room = np.clip(1 - max_weight * np.arange(len(means)), 0.0, max_weight)
    return float(np.sort(means)[::-1] @ room)


def _solve_bounded(objective: Floats, equal: Floats, unit: Floats, max_weight: float) -> Floats:
    """Minimise x'Px / 2 where x is not negative, ``equal`` x is 1 and weights are below the cap.

    Weights are ``unit`` x over their sum, which is one more variable, so that the rows stay short.
    """
    size = len(objective)
    form = _form_of(size, has_cap=max_weight < 1)
    rows = form.rows.copy()
    rows[0, :size], rows[1, :size] = equal, unit
    if max_weight < 1:
        rows[2 + size :, :size].flat[:: size + 1] = unit
        rows[2 + size :, size] = -max_weight
    full = np.zeros((size + 1, size + 1))
    full[:size, :size] = objective
    holds = np.arange(len(rows)) < _EQUATIONS
    exact = _pivoted(full, rows, form.bounds, holds, _MAX_PIVOTS)
    for tolerance in _TOLERANCES:
        if exact is not None:
            break
        found, holds = _solve(form, full, rows, tolerance)
        holds[:_EQUATIONS] = True
        exact = _pivoted(full, rows, form.bounds, holds, 1)
    return np.maximum((found if exact is None else exact)[:size], 0.0)


@dataclass(frozen=True)
class _Form:
    """What programs of one size have in common; putting it together takes longer than solving.

    Attributes
    ----------
    rows : array of float64, shape (n_rows, size + 1)
        Of the constraints; what differs between programs is 1.
    bounds : array of float64, shape (n_rows,)
        The constraints are that bounds less the rows times x are in the cones.
    is_upper, is_held : array of bool
        Where the objective and the rows hold something.
    """

    rows: Floats
    bounds: Floats
    is_upper: Bools
    is_held: Bools


@cache
def _form_of(size: int, *, has_cap: bool) -> _Form:
    rows = np.zeros((2 + size * (2 if has_cap else 1), size + 1))
    rows[:2, :size] = 1.0
    rows[1, size] = -1.0
    rows[2 : 2 + size, :size] = -np.eye(size)
    if has_cap:
        rows[2 + size :, :size] = np.eye(size)
        rows[2 + size :, size] = 1.0
    bounds = np.zeros(len(rows))
    bounds[0] = 1.0
    is_upper = np.triu(np.ones((size + 1, size + 1), dtype=bool))
    return _Form(rows, bounds, is_upper, rows != 0)


def _pivoted(
    objective: Floats, rows: Floats, bounds: Floats, holds: Bools, attempts: int
) -> Floats | None:
    """Solve for the bounds that hold, which is linear; None where that leads to no optimum.

    It is one where nothing lies outside a bound, and no bound pushes away from itself. Else each
    that errs changes sides, all at once.

    References
    ----------
    Judice and Pires (1994), "A block principal pivoting algorithm for large-scale strictly monotone
    linear complementarity problems", Computers & Operations Research 21.
    """
    size, holds = len(objective), holds.copy()
    for _ in range(attempts):
        held = rows[holds]
        system = np.zeros((size + len(held), size + len(held)))
        system[:size, :size] = objective
        system[:size, size:] = held.T
        system[size:, :size] = held
        wanted = np.concatenate([np.zeros(size), bounds[holds]])
        try:
            solved = np.linalg.solve(system, wanted)
        except np.linalg.LinAlgError:
            return None
        exact: Floats = solved[:size]
        # Of a bound that holds its multiplier, of another its room; neither may be below zero.
        room = bounds - rows @ exact
        room[holds] = solved[size:]
        errs = room < -_OUTSIDE
        errs[:_EQUATIONS] = False
        if not errs.any():
            return exact
        holds ^= errs
    return None


def _solve(form: _Form, objective: Floats, rows: Floats, tolerance: float) -> tuple[Floats, Bools]:
    """Minimise x'Px / 2 under the constraints: two are equations, the others inequalities.

    Returns what was found, and which bounds hold: where the multiplier is larger than the slack.
    """
    clarabel = imported("clarabel")
    solver = clarabel.DefaultSolver(
        _columns(objective, form.is_upper),
        np.zeros(len(objective)),
        _columns(rows, form.is_held),
        form.bounds,
        [clarabel.ZeroConeT(_EQUATIONS), clarabel.NonnegativeConeT(len(rows) - _EQUATIONS)],
        _settings(tolerance),
    )
    solution = solver.solve()
    found = np.array(solution.x)
    if str(solution.status) not in {"Solved", "AlmostSolved"} or not np.isfinite(found).all():
        raise SolverError("solver_failed")
    return found, np.array(solution.z) > np.array(solution.s)


def _columns(matrix: Floats, is_held: Bools) -> Any:
    """Return a matrix in columns, with what it holds."""
    found = _pattern(is_held.tobytes(), len(is_held))
    found.data = matrix.T[is_held.T]
    return found


@cache
def _pattern(is_held: bytes, row_count: int) -> Any:
    """Return a matrix of ones in columns, whose values are to be set."""
    sparse = imported("scipy.sparse")
    held = np.frombuffer(is_held, dtype=bool).reshape(row_count, -1)
    return sparse.csc_matrix(held.astype(np.float64))


@cache
def _settings(tolerance: float) -> Any:
    settings = imported("clarabel").DefaultSettings()
    settings.verbose = False
    # What these do pays for itself in programs larger than ours.
    settings.presolve_enable = False
    settings.chordal_decomposition_enable = False
    settings.max_threads = 1
    settings.max_iter = _MAX_ITERATIONS
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = tolerance
    return settings
