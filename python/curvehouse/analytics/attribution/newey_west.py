"""Errors of one regression over a whole span that hold where its residuals are correlated."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["newey_west_errors", "newey_west_lags"]

Floats = NDArray[np.float64]


def newey_west_lags(rows: int) -> int:
    """Return the usual number of lags, the floor of 4 (rows / 100) ^ (2 / 9).

    Examples
    --------
    >>> newey_west_lags(100), newey_west_lags(2520)
    (4, 8)
    """
    return int(np.floor(4 * (rows / 100) ** (2 / 9)))


def newey_west_errors(
    factors: Floats, means: Floats, inverse: Floats, residuals: Floats
) -> tuple[Floats, Floats]:
    """Return standard errors of the intercept and of the slopes.

    Parameters
    ----------
    factors : array, shape (n_rows, n_factors)
    means : array, shape (n_factors,)
    inverse : array, shape (n_factors, n_factors)
        Of the factors' centred cross-products.
    residuals : array, shape (n_rows, n_curves)

    Returns
    -------
    intercept : array, shape (n_curves,)
    slopes : array, shape (n_factors, n_curves)

    Notes
    -----
    Bartlett weights and no correction for small samples, as statsmodels has it with
    ``cov_type='HAC'`` and ``maxlags`` alone.

    References
    ----------
    Newey and West (1987), "A Simple, Positive Semi-Definite, Heteroskedasticity and
    Autocorrelation Consistent Covariance Matrix", Econometrica 55; the lags as in Newey and West
    (1994).
    """
    rows = len(factors)
    lags = newey_west_lags(rows)
    # A coefficient's error is a sum of its own weights times the residuals.
    slopes = np.einsum("ij,tj->it", inverse, factors - means)
    intercept = 1 / rows - means @ slopes
    errors = np.empty((len(slopes) + 1, residuals.shape[1]))
    for number, weights in enumerate([intercept, *slopes]):
        terms = weights[:, None] * residuals
        variance = np.einsum("tc,tc->c", terms, terms)
        for lag in range(1, min(lags, rows - 1) + 1):
            share = 1 - lag / (lags + 1)
            variance += 2 * share * np.einsum("tc,tc->c", terms[lag:], terms[:-lag])
        errors[number] = np.sqrt(np.maximum(variance, 0.0))
    return errors[0], errors[1:]
