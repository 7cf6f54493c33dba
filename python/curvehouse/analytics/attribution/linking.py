"""Contributions of days, joined so that they sum to the compounded return."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["link_contributions"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def link_contributions(
    contributions: Floats, returns: Floats, growth: Floats, starts: Integers
) -> tuple[Floats, Floats]:
    """Return the contributions over stretches of days, and the returns that they sum to.

    Parameters
    ----------
    contributions : array, shape (n_parts, n_days, n_curves)
        On each day they sum to the day's return.
    returns : array, shape (n_days, n_curves)
    growth : array, shape (n_days, n_curves)
        Natural logarithms of 1 + the returns, which near -1 the returns themselves do not hold.
    starts : array of int, shape (n_stretches,)
        The first day of each stretch, the first being 0; a stretch ends where the next begins.

    Returns
    -------
    linked : array, shape (n_parts, n_stretches, n_curves)
    compounded : array, shape (n_stretches, n_curves)
        Both NaN where a day of the stretch loses all, since nothing can be linked over it.

    Notes
    -----
    Carino's factors: a day weighs ln(1 + r) / r, a stretch ln(1 + R) / R, and 1 where the return
    is 0.

    References
    ----------
    Carino (1999), "Combining Attribution Effects over Time", Journal of Performance Measurement 3.

    Examples
    --------
    >>> parts = np.array([[[0.1], [0.0]], [[0.0], [0.1]]])
    >>> returns = parts.sum(axis=0)
    >>> linked, compounded = link_contributions(parts, returns, np.log1p(returns), np.array([0]))
    >>> linked[:, 0, 0].round(9).tolist(), compounded.round(9).tolist()
    ([0.105, 0.105], [[0.21]])
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        weights = np.where(returns == 0, 1.0, growth / returns)
        total = np.add.reduceat(growth, starts, axis=0)
        compounded = np.where(np.isfinite(total), np.expm1(total), np.nan)
        weight = np.where(compounded == 0, 1.0, total / compounded)
        linked: Floats = np.add.reduceat(contributions * weights, starts, axis=1) / weight
    linked[:, ~np.isfinite(compounded)] = np.nan
    return linked, compounded
