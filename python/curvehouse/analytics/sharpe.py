"""How much a Sharpe ratio says, given the shape of its returns and how many were tried."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import pyarrow as pa

__all__ = [
    "JUDGED_SCHEMA",
    "deflated_sharpe_ratio",
    "expected_best_sharpe",
    "judge_sharpe_ratios",
    "minimum_track_record",
    "probabilistic_sharpe_ratio",
    "sharpe_standard_error",
]

JUDGED_SCHEMA = pa.schema(
    [
        ("backtest_id", pa.string()),
        ("probabilistic_sharpe_ratio", pa.float64()),
        ("min_track_record_bars", pa.float64()),
        ("sharpe_ratio_std_error_lo", pa.float64()),
        ("sharpe_ratio_std_error_mertens", pa.float64()),
    ]
)

_EULER_MASCHERONI = 0.57721566490153286061
_CONFIDENCE = 0.95
_NORMAL = NormalDist()


def judge_sharpe_ratios(sharpe_ratios: pa.RecordBatchReader) -> pa.Table:
    """Return how probable, how well established and how exact the Sharpe ratio of each backtest is.

    Parameters
    ----------
    sharpe_ratios : pyarrow.RecordBatchReader
        ``backtest_id, periods_per_year, sharpe_per_bar, return_count, skewness, kurtosis``, a row
        per backtest, with the kurtosis of a normal being 3.

    Returns
    -------
    pyarrow.Table
        `JUDGED_SCHEMA`, one row per row of the input. Probability and track record are against a
        Sharpe ratio of 0. The standard errors are annualised, as the ``sharpe_ratio`` is that they
        belong to: Lo's for normal returns, and Mertens' for returns of any shape. NULL where the
        functions below return None; where the moments are NULL, all but Lo's.
    """
    rows: list[dict[str, Any]] = []
    for row in sharpe_ratios.read_all().to_pylist():
        sharpe, count = row["sharpe_per_bar"], row["return_count"]
        shape = (row["skewness"], row["kurtosis"])
        scale = math.sqrt(row["periods_per_year"])
        probability = bars = error = None
        if None not in shape:
            probability = probabilistic_sharpe_ratio(sharpe, count, *shape)
            bars = minimum_track_record(sharpe, *shape)
            error = _scaled(sharpe_standard_error(sharpe, count, *shape), scale)
        normal_error = _scaled(sharpe_standard_error(sharpe, count), scale)
        values = (row["backtest_id"], probability, bars, normal_error, error)
        rows.append(dict(zip(JUDGED_SCHEMA.names, values, strict=True)))
    return pa.Table.from_pylist(rows, schema=JUDGED_SCHEMA)


def sharpe_standard_error(
    sharpe: float, count: int, skewness: float = 0.0, kurtosis: float = 3.0
) -> float | None:
    """Return the standard error of a Sharpe ratio that is estimated on independent returns.

    Parameters
    ----------
    sharpe : float
        Per bar, not annualised.
    count : int
        Returns that it is estimated on.
    skewness, kurtosis : float
        Of these returns; those of a normal, 0 and 3, are the default and give Lo's error.

    Returns
    -------
    float or None
        Per bar; times the root of the periods per year it is the annualised ratio's. None below
        two returns, and where the moments leave the estimate no variance.

    Notes
    -----
    For normal returns sqrt((1 + S²/2) / n), Lo's; with Mertens' terms for skewness g and kurtosis k
    sqrt((1 + S²/2 - g·S + (k - 3)/4·S²) / n). Both hold for many returns, and know nothing of
    autocorrelation.

    References
    ----------
    Lo (2002), "The Statistics of Sharpe Ratios", Financial Analysts Journal 58. Mertens (2002),
    "Comments on Variance of the IID Estimator in Lo (2002)".

    Examples
    --------
    >>> round(sharpe_standard_error(0.5, 12), 3)
    0.306
    """
    variance = _estimator_variance(sharpe, skewness, kurtosis)
    if count < 2 or variance is None:
        return None
    return math.sqrt(variance / count)


def probabilistic_sharpe_ratio(
    sharpe: float, count: int, skewness: float, kurtosis: float, benchmark: float = 0.0
) -> float | None:
    """Return the probability that the true Sharpe ratio is above ``benchmark``.

    Parameters
    ----------
    sharpe, benchmark : float
        Per bar, not annualised.
    count : int
        Returns that it is estimated on.
    skewness, kurtosis : float
        Of these returns; the kurtosis of a normal is 3.

    Returns
    -------
    float or None
        None below two returns, and where the moments leave the estimate no variance.

    References
    ----------
    Bailey and López de Prado (2012), "The Sharpe Ratio Efficient Frontier", Journal of Risk 15.

    Examples
    --------
    >>> round(probabilistic_sharpe_ratio(0.1, 250, 0.0, 3.0), 4)
    0.9423
    """
    variance = _estimator_variance(sharpe, skewness, kurtosis)
    if count < 2 or variance is None:
        return None
    return _NORMAL.cdf((sharpe - benchmark) * math.sqrt((count - 1) / variance))


def minimum_track_record(sharpe: float, skewness: float, kurtosis: float) -> float | None:
    """Return how many bars it takes to say with 95 % confidence that the Sharpe ratio is above 0.

    Returns
    -------
    float or None
        None where the Sharpe ratio is not above 0: then no number of bars does.

    References
    ----------
    Bailey and López de Prado (2012), as above.

    Examples
    --------
    >>> round(minimum_track_record(0.1, 0.0, 3.0), 1)
    272.9
    """
    variance = _estimator_variance(sharpe, skewness, kurtosis)
    if variance is None or round(sharpe, 10) <= 0:
        return None
    return 1 + variance * (_NORMAL.inv_cdf(_CONFIDENCE) / sharpe) ** 2


def expected_best_sharpe(trials: int, variance: float) -> float:
    """Return the Sharpe ratio that the best of so many trials without skill is expected to have.

    Parameters
    ----------
    trials : int
        How many were tried, the failed ones included.
    variance : float
        Of the trials' Sharpe ratios, per bar.

    Notes
    -----
    One trial is no choice: 0.

    References
    ----------
    Bailey and López de Prado (2014), "The Deflated Sharpe Ratio", Journal of Portfolio Management
    40, whose example this is.

    Examples
    --------
    >>> round(expected_best_sharpe(100, 0.5 / 250), 4)
    0.1132
    """
    if trials < 2:
        return 0.0
    highest = (1 - _EULER_MASCHERONI) * _NORMAL.inv_cdf(1 - 1 / trials)
    highest += _EULER_MASCHERONI * _NORMAL.inv_cdf(1 - 1 / (trials * math.e))
    return math.sqrt(variance) * highest


def deflated_sharpe_ratio(
    sharpe: float, count: int, skewness: float, kurtosis: float, *, trials: int, variance: float
) -> float | None:
    """Return the probability that the best of so many trials has a true Sharpe ratio beyond luck.

    Examples
    --------
    >>> best = deflated_sharpe_ratio(
    ...     2.5 / 250**0.5, 1250, -3.0, 10.0, trials=100, variance=0.5 / 250
    ... )
    >>> round(best, 4)
    0.9004
    """
    benchmark = expected_best_sharpe(trials, variance)
    return probabilistic_sharpe_ratio(sharpe, count, skewness, kurtosis, benchmark)


def _scaled(error: float | None, scale: float) -> float | None:
    return None if error is None else error * scale


def _estimator_variance(sharpe: float, skewness: float, kurtosis: float) -> float | None:
    """Return the variance of the estimate times the number of returns, or that less 1."""
    variance = 1 - skewness * sharpe + (kurtosis - 1) / 4 * sharpe * sharpe
    return variance if 0 < variance < math.inf else None
