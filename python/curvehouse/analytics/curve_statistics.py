"""Sums, moments, quantiles and runs of the days of many curves, a row for each curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from curvehouse.analytics.calendar_periods import PERIOD_COLUMNS, measure_periods
from curvehouse.analytics.curve_parts import measure_by_curve
from curvehouse.analytics.episodes import EPISODE_COLUMNS, measure_episodes
from curvehouse.analytics.moments import (
    autocorrelation_penalty,
    kurtosis_of,
    lag_correlation,
    line_fit,
    skewness_of,
)
from curvehouse.analytics.segments import Segments
from curvehouse.analytics.trailing_growth import TRAILING_COLUMNS, measure_trailing

__all__ = ["STATISTICS_SCHEMA", "CurveDays", "days_of", "measure_curves", "usual_figures"]

_COUNTS = (
    "day_count",
    "return_count",
    "gain_day_count",
    "loss_day_count",
    "longest_winning_streak",
    "longest_losing_streak",
)
_NUMBERS = (
    "starting_equity",
    "final_equity",
    "mean_return",
    "return_stddev",
    "downside_deviation",
    "gain_sum",
    "loss_sum",
    "losing_month_sum",
    "max_drawdown",
    "drawdown_mean",
    "drawdown_stddev",
    "drawdown_square_sum",
    "best_day",
    "worst_day",
    "return_p01",
    "return_p05",
    "return_p50",
    "return_p95",
    "return_p99",
    "worst_returns_mean",
    "skewness",
    "kurtosis",
    "autocorrelation",
    "autocorrelation_penalty",
    "log_equity_r_squared",
)

STATISTICS_SCHEMA = pa.schema(
    [
        ("backtest_id", pa.string()),
        ("input_version", pa.string()),
        ("start_date", pa.date32()),
        ("end_date", pa.date32()),
        *((name, pa.int64()) for name in _COUNTS),
        *((name, pa.float64()) for name in _NUMBERS),
        *TRAILING_COLUMNS,
        *PERIOD_COLUMNS,
        *EPISODE_COLUMNS,
    ]
)

_TAIL = 0.05

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class CurveDays:
    """The days of whole curves, end to end, and those of them that have a return."""

    curves: Segments
    dates: NDArray[np.datetime64]
    equity: Floats
    high_water_mark: Floats
    moved: Segments
    moved_dates: NDArray[np.datetime64]
    returns: Floats
    drawdown: Floats


def measure_curves(
    days: pa.RecordBatchReader, curves: pa.Table, *, zero_dispersion_ratio: float = 1e-12
) -> pa.Table:
    """Return what the statistics of each curve are made of, before annualising.

    Parameters
    ----------
    days : pyarrow.RecordBatchReader
        ``curve_number, equity_date, equity, simple_return, high_water_mark``, ordered by curve and
        date. The return is NULL on days after ruin: those are no days of any figure but
        ``day_count``, ``end_date``, ``final_equity`` and ``max_drawdown``.
    curves : pyarrow.Table
        ``curve_number, backtest_id, input_version``, a row per curve that is wanted.
    zero_dispersion_ratio : float
        A standard deviation below this times the mean absolute return is none.

    Returns
    -------
    pyarrow.Table
        `STATISTICS_SCHEMA`, one row per curve. What is not defined, or beyond all
        numbers, is NULL.

    Notes
    -----
    Standard deviations have ddof 1, ``skewness`` and ``kurtosis`` (excess) are corrected for bias,
    quantiles are linear, and ``worst_returns_mean`` is over the ``floor((n - 1) / 20) + 1`` lowest
    returns. Months are calendar months; ``losing_month_sum`` adds up those whose returns add up to
    less than 0.
    """

    def measure(rows: pa.Table, days: Segments) -> dict[str, Any]:
        return _measured(days_of(rows, days), zero_dispersion_ratio)

    return measure_by_curve(days, curves, measure, STATISTICS_SCHEMA)


def days_of(rows: pa.Table, curves: Segments) -> CurveDays:
    """Return the days of whole curves from the rows that `measure_curves` reads."""
    dates = rows.column("equity_date").to_numpy().astype("datetime64[D]")
    equity, returns, high_water_mark = (
        rows.column(name).to_numpy() for name in ("equity", "simple_return", "high_water_mark")
    )
    has_return = ~np.isnan(returns)
    moved = curves
    moved_dates, drawdown = dates, equity / high_water_mark - 1
    if not has_return.all():
        moved = curves.where(has_return)
        moved_dates, returns = dates[has_return], returns[has_return]
        drawdown = drawdown[has_return]
    return CurveDays(curves, dates, equity, high_water_mark, moved, moved_dates, returns, drawdown)


def _measured(days: CurveDays, zero_dispersion_ratio: float) -> dict[str, Any]:
    returns, moved = days.returns, days.moved
    found = usual_figures(days, zero_dispersion_ratio)
    dependence = lag_correlation(returns, moved, zero_dispersion_ratio)
    start = found["starting_equity"]
    drawdown = days.equity / days.high_water_mark - 1
    return {
        **found,
        "start_date": days.dates[days.curves.starts],
        "end_date": days.dates[days.curves.ends - 1],
        "day_count": days.curves.counts,
        "gain_day_count": moved.count(returns > 0),
        "loss_day_count": moved.count(returns < 0),
        "longest_winning_streak": moved.longest_run(returns > 0),
        "longest_losing_streak": moved.longest_run(returns < 0),
        "losing_month_sum": _losing_month_sum(days),
        "best_day": moved.max(returns),
        "worst_day": moved.min(returns),
        "autocorrelation": dependence,
        "autocorrelation_penalty": autocorrelation_penalty(dependence, moved.counts),
        "drawdown_mean": moved.mean(np.minimum(days.drawdown, 0)),
        "drawdown_stddev": moved.stddev(np.minimum(days.drawdown, 0)),
        "drawdown_square_sum": moved.sum(np.square(np.minimum(days.drawdown, 0))),
        **measure_trailing(days.dates, days.equity, days.curves, start, moved.counts),
        **measure_periods(days.dates, days.equity, days.curves, start),
        **measure_episodes(days.dates, drawdown, days.curves),
    }


def usual_figures(days: CurveDays, zero_dispersion_ratio: float) -> dict[str, Any]:
    """Return the figures that the best-known statistics are made of, as columns of the schema."""
    returns, moved = days.returns, days.moved
    losses = np.minimum(returns, 0)
    gain_sum, loss_sum = moved.sum(np.maximum(returns, 0)), -moved.sum(losses)
    centred = moved.centred(returns)
    deviation = moved.stddev_of_centred(centred)
    size = (gain_sum + loss_sum) / moved.counts
    deviation = np.where(deviation <= zero_dispersion_ratio * size, 0.0, deviation)
    ruined = days.curves.min(days.equity) == 0
    return {
        "starting_equity": _starting_equity(days),
        "final_equity": days.curves.last(days.equity),
        "return_count": moved.counts,
        "mean_return": moved.mean(returns),
        "return_stddev": deviation,
        "downside_deviation": np.sqrt(moved.mean(np.square(losses))),
        "gain_sum": gain_sum,
        "loss_sum": loss_sum,
        "max_drawdown": np.where(ruined, -1.0, np.minimum(moved.min(days.drawdown), 0)),
        "skewness": skewness_of(centred, moved, deviation),
        "kurtosis": kurtosis_of(centred, moved, deviation),
        "log_equity_r_squared": line_fit(days.equity, days.curves),
        **_quantiles(days),
    }


def _starting_equity(days: CurveDays) -> Floats:
    """Return the equity before the first day: its own over its gain, else the first peak."""
    first_return = days.moved.first(days.returns)
    first_equity = days.curves.first(days.equity)
    first_peak = days.curves.first(days.high_water_mark)
    return np.where(first_return > 0, first_equity / (1 + first_return), first_peak)


def _losing_month_sum(days: CurveDays) -> Floats:
    months = days.moved_dates.astype("datetime64[M]")
    begins = days.moved.is_first | (months != np.roll(months, 1))
    in_month = Segments.of_keys(np.cumsum(begins) - 1, int(begins.sum()))
    sums = np.minimum(in_month.sum(days.returns), 0)
    return -Segments(days.moved.count(begins)).sum(sums)


def _quantiles(days: CurveDays) -> dict[str, Floats]:
    moved = days.moved
    ordered = moved.ordered(days.returns)
    tail = (np.maximum(moved.counts - 1, 0) * _TAIL).astype(np.int64) + 1
    tail = np.minimum(tail, moved.counts)
    # The lowest returns of each curve, one after the other.
    places = np.arange(int(tail.sum())) + np.repeat(moved.starts - (np.cumsum(tail) - tail), tail)
    worst = Segments(tail).mean(ordered[places])
    probabilities = {"p01": 0.01, "p05": _TAIL, "p50": 0.5, "p95": 1 - _TAIL, "p99": 0.99}
    found = {f"return_{name}": moved.quantile(ordered, p) for name, p in probabilities.items()}
    return {**found, "worst_returns_mean": worst}
