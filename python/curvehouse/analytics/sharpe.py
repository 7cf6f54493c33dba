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
]

JUDGED_SCHEMA = pa.schema(
    [
        ("backtest_id", pa.string()),
        ("probabilistic_sharpe_ratio", pa.float64()),
        ("min_track_record_bars", pa.float64()),
    ]
)

_EULER_MASCHERONI = 0.57721566490153286061
_CONFIDENCE = 0.95
_NORMAL = NormalDist()


def judge_sharpe_ratios(sharpe_ratios: pa.Table) -> pa.Table:
    """Return the probabilistic Sharpe ratio and the minimum track record of each backtest.

    Parameters
    ----------
    sharpe_ratios : pyarrow.Table
        ``backtest_id, sharpe_per_bar, return_count, skewness, kurtosis``, a row per backtest, with
        the kurtosis of a normal being 3.

    Returns
    -------
    pyarrow.Table
        `JUDGED_SCHEMA`, one row per row of the input. Both are against a Sharpe ratio of 0; NULL
        where the functions below return None.
    """
    rows: list[dict[str, Any]] = []
    for row in sharpe_ratios.to_pylist():
        sharpe, shape = row["sharpe_per_bar"], (row["skewness"], row["kurtosis"])
        probability = bars = None
        if None not in shape:
            probability = probabilistic_sharpe_ratio(sharpe, row["return_count"], *shape)
            bars = minimum_track_record(sharpe, *shape)
        rows.append(
            dict(zip(JUDGED_SCHEMA.names, (row["backtest_id"], probability, bars), strict=True))
        )
    return pa.Table.from_pylist(rows, schema=JUDGED_SCHEMA)


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


def _estimator_variance(sharpe: float, skewness: float, kurtosis: float) -> float | None:
    """Return the variance of the estimate times the number of returns less 1."""
    variance = 1 - skewness * sharpe + (kurtosis - 1) / 4 * sharpe * sharpe
    return variance if 0 < variance < math.inf else None
