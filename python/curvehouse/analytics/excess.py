"""Returns beyond what holding the same symbol would have brought, and their Sharpe ratios."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Shape", "excess_returns", "mean_sizes", "returns_of", "shape_of", "sharpe_ratios"]

Floats = NDArray[np.float64]

# Columns done at once, so that what is in between stays small.
_CHUNK = 256


@dataclass(frozen=True)
class Shape:
    """Of the returns of one curve: how many, their skewness, and kurtosis (3 for a normal)."""

    count: int
    skewness: float
    kurtosis: float


def returns_of(equity: Floats) -> Floats:
    """Return simple returns from row to row, shape (n_rows - 1, ...); NaN after equity of zero."""
    before = equity[:-1]
    ratios = np.full(before.shape, np.nan)
    np.divide(equity[1:], before, out=ratios, where=before != 0)
    ratios -= 1
    return ratios


def mean_sizes(returns: Floats) -> Floats:
    """Return the mean absolute return of each curve, NaN left out; 0 where all are."""
    sizes = np.zeros(returns.shape[1])
    for start in range(0, returns.shape[1], _CHUNK):
        part = slice(start, start + _CHUNK)
        values = np.abs(returns[:, part])
        known = ~np.isnan(values)
        total = np.where(known, values, 0.0).sum(axis=0)
        sizes[part] = total / np.maximum(known.sum(axis=0), 1)
    return sizes


def excess_returns(returns: Floats, benchmark: Floats) -> tuple[Floats, Floats]:
    """Return what is left of returns without beta times the benchmark's, and the betas.

    Parameters
    ----------
    returns : array, shape (n_days, n_curves)
        Less the risk-free rate; NaN where there is none.
    benchmark : array, shape (n_days,)
        Returns of holding the symbol, less the same rate; no NaN.

    Returns
    -------
    excess : array, shape (n_days, n_curves)
        NaN where the return is.
    betas : array, shape (n_curves,)
        Slopes of ordinary least squares over the days that have a return; 0 where the benchmark
        does not move.

    Examples
    --------
    >>> own = np.array([[0.01], [0.03], [0.02]])
    >>> excess, betas = excess_returns(own, np.array([0.0, 0.1, 0.05]))
    >>> betas.round(9).tolist(), excess.round(9)[:, 0].tolist()
    ([0.2], [0.01, 0.01, 0.01])
    """
    excess = np.empty_like(returns)
    betas = np.zeros(returns.shape[1])
    for start in range(0, returns.shape[1], _CHUNK):
        part = slice(start, start + _CHUNK)
        known = ~np.isnan(returns[:, part])
        count = np.maximum(known.sum(axis=0), 1)
        own = np.where(known, returns[:, part], 0.0)
        other = np.where(known, benchmark[:, None], 0.0)
        own -= np.where(known, own.sum(axis=0) / count, 0.0)
        other -= np.where(known, other.sum(axis=0) / count, 0.0)
        moved = np.einsum("ij,ij->j", other, other)
        together = np.einsum("ij,ij->j", own, other)
        np.divide(together, moved, out=betas[part], where=moved > 0)
        excess[:, part] = returns[:, part] - benchmark[:, None] * betas[part]
    return excess, betas


def sharpe_ratios(returns: Floats, sizes: Floats, zero_dispersion_ratio: float) -> Floats:
    """Return mean over standard deviation (ddof 1) of each curve, per bar.

    Parameters
    ----------
    returns : array, shape (n_days, n_curves)
        NaN where there is none.
    sizes : array, shape (n_curves,)
        Mean absolute value of what the returns were computed from.
    zero_dispersion_ratio : float
        A standard deviation of at most this times the size is none.

    Returns
    -------
    array, shape (n_curves,)
        NaN without dispersion and below two returns.
    """
    ratios = np.full(returns.shape[1], np.nan)
    for start in range(0, returns.shape[1], _CHUNK):
        part = slice(start, start + _CHUNK)
        known = ~np.isnan(returns[:, part])
        count = known.sum(axis=0)
        values = np.where(known, returns[:, part], 0.0)
        mean = values.sum(axis=0) / np.maximum(count, 1)
        values -= np.where(known, mean, 0.0)
        squares = np.einsum("ij,ij->j", values, values)
        deviation = np.sqrt(squares / np.maximum(count - 1, 1))
        moves = (count > 1) & (deviation > zero_dispersion_ratio * sizes[part])
        np.divide(mean, deviation, out=ratios[part], where=moves)
    return ratios


def shape_of(returns: Floats) -> Shape | None:
    """Return the shape of one curve's returns, NaN left out; None below four.

    Notes
    -----
    Skewness and kurtosis are corrected for bias, as pandas and the summary have them.
    """
    known = returns[~np.isnan(returns)]
    count = len(known)
    if count < 4:
        return None
    apart = known - known.mean()
    second, third, fourth = ((apart**power).mean() for power in (2, 3, 4))
    skewness = third / second**1.5 * np.sqrt(count * (count - 1)) / (count - 2)
    excess = (count + 1) * (fourth / second**2 - 3) + 6
    kurtosis = 3 + excess * (count - 1) / ((count - 2) * (count - 3))
    return Shape(count, float(skewness), float(kurtosis))
