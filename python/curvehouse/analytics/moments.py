"""Shape and dependence of many series at once, where they have any dispersion."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from curvehouse.analytics.segments import Segments

__all__ = [
    "autocorrelation_penalty",
    "correlation",
    "kurtosis_of",
    "lag_correlation",
    "line_fit",
    "skewness_of",
]

Floats = NDArray[np.float64]


def skewness_of(centred: Floats, series: Segments, stddev: Floats) -> Floats:
    """Return the skewness of each series, corrected for bias as pandas does it.

    Parameters
    ----------
    centred : array of float64
        Values less the mean of their series.
    series : Segments
    stddev : array of float64, shape (n_series,)
        Of each series (ddof 1); where it is 0 there is no skewness.

    Returns
    -------
    array of float64, shape (n_series,)
        NaN below three values and without dispersion.
    """
    count = series.counts
    third = series.sum(centred * np.square(centred))
    found = third / stddev**3 * count / ((count - 1.0) * (count - 2.0))
    return np.where((count > 2) & (stddev > 0), found, np.nan)


def kurtosis_of(centred: Floats, series: Segments, stddev: Floats) -> Floats:
    """Return the excess kurtosis of each series, corrected for bias as pandas does it.

    Returns
    -------
    array of float64, shape (n_series,)
        NaN below four values and without dispersion.
    """
    count = series.counts.astype(np.float64)
    fourth = series.sum(np.square(np.square(centred))) / stddev**4
    scale = (count - 1) * (count - 2) * (count - 3)
    found = fourth * count * (count + 1) / scale
    found -= 3 * (count - 1) ** 2 / ((count - 2) * (count - 3))
    return np.where((count > 3) & (stddev > 0), found, np.nan)


def correlation(
    left: Floats, right: Floats, pairs: Segments, zero_dispersion_ratio: float
) -> Floats:
    """Return the correlation of each series of pairs.

    Returns
    -------
    array of float64, shape (n_series,)
        From -1 to 1; NaN below two pairs, and where either side has no dispersion.
    """
    found = pairs.sum(pairs.centred(left) * pairs.centred(right))
    for values in (left, right):
        deviation = pairs.stddev(values)
        size = pairs.mean(np.abs(values))
        found = found / np.where(deviation > zero_dispersion_ratio * size, deviation, np.nan)
    return np.clip(found / (pairs.counts - 1), -1, 1)


def lag_correlation(values: Floats, series: Segments, zero_dispersion_ratio: float) -> Floats:
    """Return the correlation of each series with itself one step before.

    Examples
    --------
    >>> lag_correlation(np.array([1.0, 2.0, 3.0, 4.0]), Segments(np.array([4])), 1e-12).tolist()
    [1.0]
    """
    pairs = Segments(np.maximum(series.counts - 1, 0))
    earlier, later = values[~series.is_last], values[~series.is_first]
    return correlation(earlier, later, pairs, zero_dispersion_ratio)


def autocorrelation_penalty(coefficient: Floats, counts: NDArray[np.int64]) -> Floats:
    """Return by how much dependence of neighbouring returns widens the noise of their sum.

    Parameters
    ----------
    coefficient : array of float64
        Correlation of returns with those a day before; NaN counts as 0.
    counts : array of int64
        Returns.

    Notes
    -----
    ``sqrt(1 + 2 * sum over k < n of (1 - k / n) * |c| ^ k)``, the sum in its closed form. Near
    ``|c| = 1``, where that loses its digits, the sum is ``(n - 1) / 2``.

    Examples
    --------
    >>> round(float(autocorrelation_penalty(np.array([-0.5]), np.array([3]))[0]) ** 2, 12)
    1.833333333333
    """
    size = np.abs(np.nan_to_num(coefficient))
    short = 1 - size
    count = counts.astype(np.float64)
    rest = count * short + np.expm1(count * np.log(size))
    sums = np.where(count * short < 1e-7, (count - 1) / 2, size * rest / (count * short**2))
    penalty: Floats = np.sqrt(1 + 2 * sums)
    return penalty


def line_fit(levels: Floats, series: Segments) -> Floats:
    """Return the R squared of a straight line through the logarithm of each series.

    Returns
    -------
    array of float64, shape (n_series,)
        From 0 to 1; NaN where a level is 0, and where all are the same.
    """
    lowest, highest = series.min(levels), series.max(levels)
    logs = np.log(np.maximum(levels, np.finfo(np.float64).tiny))
    places = np.arange(len(levels), dtype=np.float64) - np.repeat(series.starts, series.counts)
    slopes = series.centred(places)
    logs = series.centred(logs)
    found = series.sum(slopes * logs) ** 2 / (series.sum(slopes**2) * series.sum(logs**2))
    return np.where((lowest > 0) & (highest > lowest), np.minimum(found, 1), np.nan)
