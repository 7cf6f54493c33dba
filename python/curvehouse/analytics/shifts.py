"""Whether returns differ inside a label, held against the same labels shifted in time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["adjusted_p_values", "shifted_p_values", "welch_statistics"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# What is compared is rounded, as everywhere; and a spread below this is rounding itself.
_DIGITS = 10
_LEAST_SPREAD = 1e-12


def shifted_p_values(
    returns: Floats,
    labels: NDArray[np.int8],
    chosen: Integers,
    shifts: int,
    generator: np.random.Generator,
) -> tuple[Floats, int]:
    """Return a two-sided p-value for each chosen label, and how many shifts they rest on.

    Parameters
    ----------
    returns : array, shape (n,)
        In order of days, not all the same.
    labels : array, shape (n,)
        The label of each return.
    chosen : array
        Labels to test; each is on two returns at least, and is missing on two.
    shifts : int
        How many circular shifts are drawn; all there are where there are no more.

    Notes
    -----
    The statistic is Welch's t of the returns inside against those outside. Shifting keeps the
    spells of the labels and the clusters of volatility and breaks what ties them, so a label that
    goes with volatility is no evidence of a mean. p = (1 + k) / (1 + B), k of B shifts being as far
    from 0. Sums at all shifts at once are circular correlations, by fast Fourier transform.
    """
    count = min(shifts, len(returns) - 1)
    drawn = 1 + generator.choice(len(returns) - 1, count, replace=False)
    statistics = welch_statistics(returns, labels, chosen, np.append(0, drawn))
    sizes = np.abs(np.round(statistics, _DIGITS))
    as_far = (sizes[:, 1:] >= sizes[:, :1]).sum(axis=1)
    return (1 + as_far) / (1 + count), count


def welch_statistics(
    returns: Floats, labels: NDArray[np.int8], chosen: Integers, shifts: Integers
) -> Floats:
    """Return Welch's t of each chosen label at each circular shift.

    Returns
    -------
    array, shape (n_chosen, n_shifts)
        At shift s, the label of a day is held against the return s days later.

    Examples
    --------
    >>> returns, labels = np.array([1.0, 2.0, 4.0, 9.0]), np.array([0, 0, 1, 1])
    >>> welch_statistics(returns, labels, np.array([1]), np.array([0, 1])).round(4).tolist()
    [[1.9612, 0.4851]]
    """
    scaled = (returns - returns.mean()) / returns.std()
    squares = scaled * scaled
    length = len(returns)
    indicators = np.fft.rfft(labels == chosen[:, None], axis=1).conj()
    sums, square_sums = (
        np.fft.irfft(indicators * np.fft.rfft(values), length, axis=1)[:, shifts]
        for values in (scaled, squares)
    )
    inside = np.array([[(labels == label).sum()] for label in chosen])
    mean, variance = _moments(sums, square_sums, inside)
    other_mean, other_variance = _moments(
        scaled.sum() - sums, squares.sum() - square_sums, length - inside
    )
    spread = np.sqrt(variance / inside + other_variance / (length - inside))
    statistics: Floats = (mean - other_mean) / np.maximum(spread, _LEAST_SPREAD)
    return statistics


def adjusted_p_values(p_values: Floats) -> Floats:
    """Return p-values that bound the share of false discoveries among all that are as small.

    References
    ----------
    Benjamini and Hochberg (1995), "Controlling the False Discovery Rate", Journal of the Royal
    Statistical Society B 57; statsmodels' ``multipletests(method="fdr_bh")``.

    Examples
    --------
    >>> adjusted_p_values(np.array([0.04, 0.01, 0.03])).tolist()
    [0.04, 0.03, 0.04]
    """
    order = np.argsort(p_values, kind="stable")
    count = len(p_values)
    scaled = p_values[order] * count / np.arange(1, count + 1)
    adjusted = np.empty(count)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return adjusted


def _moments(sums: Floats, square_sums: Floats, count: Integers) -> tuple[Floats, Floats]:
    mean = sums / count
    variance = np.maximum(square_sums - sums * mean, 0.0) / (count - 1)
    return mean, variance
