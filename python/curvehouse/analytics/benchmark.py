"""How the days of many curves went beside those of one benchmark, a row for each curve."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from curvehouse.analytics.curve_parts import measure_by_curve
from curvehouse.analytics.moments import correlation
from curvehouse.analytics.segments import Segments

__all__ = ["BENCHMARK_SCHEMA", "measure_against_benchmark"]

_SIDES = ("", "up_", "down_")
_COUNTS = (
    *(f"{side}pair_count" for side in _SIDES),
    "beaten_count",
    "rising_pair_count",
    "rising_beaten_count",
    "falling_beaten_count",
)
_NUMBERS = (
    *(f"{side}{name}" for side in _SIDES for name in ("mean_return", "benchmark_mean", "beta")),
    *(f"{side}{name}" for side in _SIDES for name in ("growth", "benchmark_growth")),
    "correlation",
    "active_mean",
    "active_stddev",
    "beta_fragility_heuristic",
)

BENCHMARK_SCHEMA = pa.schema(
    [
        ("backtest_id", pa.string()),
        ("input_version", pa.string()),
        *((name, pa.int64()) for name in _COUNTS),
        *((name, pa.float64()) for name in _NUMBERS),
    ]
)

Floats = NDArray[np.float64]


def measure_against_benchmark(
    days: pa.RecordBatchReader, curves: pa.Table, *, zero_dispersion_ratio: float = 1e-12
) -> pa.Table:
    """Return what the statistics of each curve beside the benchmark are made of.

    Parameters
    ----------
    days : pyarrow.RecordBatchReader
        ``curve_number, equity_date, equity, close``, ordered by curve and date: the days that both
        have. Returns run from one such day to the next, so that none of either is lost.
    curves : pyarrow.Table
        ``curve_number, backtest_id, input_version``, a row per curve that is wanted.
    zero_dispersion_ratio : float
        A standard deviation below this times the mean absolute return is none, and returns closer
        together than this are equal.

    Returns
    -------
    pyarrow.Table
        `BENCHMARK_SCHEMA`, one row per curve. ``up_`` and ``down_`` are over
        the days on which the benchmark rose and fell; growth is the product of 1 + return. What is
        not defined is NULL.

    Notes
    -----
    ``beta_fragility_heuristic`` sets the curve's return on the benchmark's middling day against
    those on its worst and its best; of days with the same benchmark return the earlier one counts
    as lower.

    References
    ----------
    Taleb and others (2012), "A New Heuristic Measure of Fragility and Tail Risks", IMF Working
    Paper 12/216.
    """

    def measure(rows: pa.Table, days: Segments) -> dict[str, Any]:
        return _measured(rows, days, zero_dispersion_ratio)

    return measure_by_curve(days, curves, measure, BENCHMARK_SCHEMA)


def _measured(rows: pa.Table, days: Segments, ratio: float) -> dict[str, Any]:
    equity, close = (rows.column(name).to_numpy() for name in ("equity", "close"))
    is_pair = ~days.is_first & (np.roll(equity, 1) > 0)
    returns = (equity / np.roll(equity, 1) - 1)[is_pair]
    benchmark = (close / np.roll(close, 1) - 1)[is_pair]
    pairs = days.where(is_pair)
    active = returns - benchmark
    # Both are ratios less 1, so that what is left of equal ones is of the size of 1's last digits.
    active[np.abs(active) <= ratio] = 0.0
    active_stddev = pairs.stddev(active)
    size = pairs.mean(np.abs(active))
    found: dict[str, Any] = {}
    everything = np.ones(len(returns), dtype=np.bool_)
    for side, kept in zip(_SIDES, (everything, benchmark > 0, benchmark < 0), strict=True):
        found |= _side(side, returns[kept], benchmark[kept], pairs.where(kept), ratio)
    return found | {
        "beaten_count": pairs.count(active > 0),
        "rising_pair_count": pairs.count(benchmark >= 0),
        "rising_beaten_count": pairs.count((active > 0) & (benchmark >= 0)),
        "falling_beaten_count": pairs.count((active > 0) & (benchmark < 0)),
        "correlation": correlation(returns, benchmark, pairs, ratio),
        "active_mean": pairs.mean(active),
        "active_stddev": np.where(active_stddev <= ratio * size, 0.0, active_stddev),
        "beta_fragility_heuristic": _fragility(returns, benchmark, pairs),
    }


def _side(
    side: str, returns: Floats, benchmark: Floats, pairs: Segments, ratio: float
) -> dict[str, Any]:
    centred = pairs.centred(benchmark)
    squares = pairs.sum(np.square(centred))
    deviation = np.sqrt(squares / pairs.counts)
    moves = deviation > ratio * pairs.mean(np.abs(benchmark))
    return {
        f"{side}pair_count": pairs.counts,
        f"{side}mean_return": pairs.mean(returns),
        f"{side}benchmark_mean": pairs.mean(benchmark),
        f"{side}beta": np.where(moves, pairs.sum(centred * returns) / squares, np.nan),
        f"{side}growth": _product(returns, pairs),
        f"{side}benchmark_growth": _product(benchmark, pairs),
    }


def _product(returns: Floats, pairs: Segments) -> Floats:
    return np.where(pairs.counts > 0, np.exp(pairs.sum(np.log1p(returns))), np.nan)


def _fragility(returns: Floats, benchmark: Floats, pairs: Segments) -> Floats:
    found = np.full(len(pairs.counts), np.nan)
    both = zip(pairs.parts(returns), pairs.parts(benchmark), strict=True)
    for number, (own, market) in enumerate(both):
        count = len(own)
        if count < 3:
            continue
        order = np.argsort(market, kind="stable")
        low, middle, high = order[[0, count // 2, count - 1]].tolist()
        span = market[high] - market[low]
        share = (market[middle] - market[low]) / span if span else 0.5
        found[number] = (1 - share) * own[low] + share * own[high] - own[middle]
    return found
