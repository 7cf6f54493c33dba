"""Trailing figures of the days of many curves, a row for each day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from curvehouse.analytics.curve_parts import days_of_curves
from curvehouse.analytics.segments import Segments
from curvehouse.analytics.trailing_windows import TrailingWindows, trailing_slope

__all__ = [
    "BETA_SCHEMA",
    "ROLLING_SCHEMA",
    "BetaWindows",
    "RollingWindows",
    "roll_betas",
    "roll_curves",
]

_NAMES = [
    ("backtest_id", pa.dictionary(pa.int32(), pa.string())),
    ("input_version", pa.string()),
    ("equity_date", pa.date32()),
]
_FIGURES = (
    "log_return_stddev_14d",
    "log_return_stddev_63d",
    "log_return_stddev_252d",
    "return_mean_63d",
    "return_mean_252d",
    "return_stddev_63d",
    "return_stddev_252d",
    "downside_deviation_63d",
    "downside_deviation_252d",
    "log_equity_slope_20d",
    "drawdown",
    "drawdown_63d",
    "drawdown_252d",
)

ROLLING_SCHEMA = pa.schema([*_NAMES, *((name, pa.float64()) for name in _FIGURES)])
BETA_SCHEMA = pa.schema([*_NAMES, ("beta_63d", pa.float64()), ("beta_252d", pa.float64())])

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class BetaWindows:
    """How many bars trailing betas look back.

    Attributes
    ----------
    quarter_bars, year_bars : int
        Of the figures whose names end in ``63d`` and ``252d``.
    zero_dispersion_ratio : float
        A standard deviation below this times the day's own absolute return is none: without
        dispersion all returns are today's.
    """

    quarter_bars: int
    year_bars: int
    zero_dispersion_ratio: float = 1e-12

    @property
    def lengths(self) -> tuple[tuple[str, int], ...]:
        """What the names of figures end in, and how far they look back."""
        return ("63d", self.quarter_bars), ("252d", self.year_bars)


@dataclass(frozen=True, kw_only=True)
class RollingWindows(BetaWindows):
    """How many bars all trailing figures look back.

    Attributes
    ----------
    volatility_bars, trend_bars : int
        Of the shortest volatility, and of the trend's line.
    """

    volatility_bars: int
    trend_bars: int


def roll_curves(
    days: pa.RecordBatchReader, curves: pa.Table, windows: RollingWindows
) -> pa.RecordBatchReader:
    """Return the trailing figures of each day, before annualising.

    Parameters
    ----------
    days : pyarrow.RecordBatchReader
        ``curve_number, equity_date, equity, simple_return, log_return, drawdown``, ordered by curve
        and date. Returns are NULL from ruin on, the log return on its day already.
    curves : pyarrow.Table
        ``curve_number, backtest_id, input_version``, a row per curve that is wanted.
    windows : RollingWindows
        How far to look back.

    Returns
    -------
    pyarrow.RecordBatchReader
        `ROLLING_SCHEMA`, in the order of the days; memory holds some curves at a time. The version
        stands on the first day of each curve.

    Notes
    -----
    The first day's return is measured from the starting cash, not from a bar: windows of returns
    leave it out, and so begin a day later than those of equity. A figure is NULL until its window
    is full, and once a return in it is missing. Standard deviations have ddof 1; the downside
    deviation is the root of the mean squared loss over all days.
    """

    def rolled(rows: pa.Table, series: Segments) -> Mapping[str, Floats]:
        return _rolled(rows, series, windows)

    return pa.RecordBatchReader.from_batches(
        ROLLING_SCHEMA, days_of_curves(days, curves, rolled, ROLLING_SCHEMA)
    )


def roll_betas(
    days: pa.RecordBatchReader, curves: pa.Table, windows: BetaWindows
) -> pa.RecordBatchReader:
    """Return the trailing betas of each day that a curve has in common with a benchmark.

    Parameters
    ----------
    days : pyarrow.RecordBatchReader
        ``curve_number, equity_date, equity, close``, ordered by curve and date: the common days.
    curves : pyarrow.Table
        As of `roll_curves`.
    windows : BetaWindows
        How far to look back.

    Returns
    -------
    pyarrow.RecordBatchReader
        `BETA_SCHEMA`, as from `roll_curves`; a curve without a common day has one row with no day.

    Notes
    -----
    Returns run from common day to common day. Beta is their covariance with the benchmark's over
    its variance; NULL where the benchmark stands still.
    """

    def rolled(rows: pa.Table, series: Segments) -> Mapping[str, Floats]:
        return _betas(rows, series, windows)

    return pa.RecordBatchReader.from_batches(
        BETA_SCHEMA, days_of_curves(days, curves, rolled, BETA_SCHEMA)
    )


def _rolled(rows: pa.Table, series: Segments, windows: RollingWindows) -> dict[str, Floats]:
    equity, simple, log, drawdown = (
        rows.column(name).to_numpy()
        for name in ("equity", "simple_return", "log_return", "drawdown")
    )
    returns, logs = np.nan_to_num(simple), np.nan_to_num(log)
    squared_losses = np.square(np.minimum(returns, 0.0))
    ratio = windows.zero_dispersion_ratio
    short = TrailingWindows(series, windows.volatility_bars)
    found = {
        "drawdown": drawdown,
        "log_return_stddev_14d": _dispersion(short, logs, log, ratio),
        "log_equity_slope_20d": _trend(equity, series, windows.trend_bars),
    }
    for name, bars in windows.lengths:
        window = TrailingWindows(series, bars)
        found |= {
            f"log_return_stddev_{name}": _dispersion(window, logs, log, ratio),
            f"return_mean_{name}": _of_returns(window.mean(returns), simple, series, bars),
            f"return_stddev_{name}": _dispersion(window, returns, simple, ratio),
            f"downside_deviation_{name}": _of_returns(
                np.sqrt(window.mean(squared_losses)), simple, series, bars
            ),
            f"drawdown_{name}": equity / TrailingWindows(series, bars + 1).max(equity) - 1,
        }
    return found


def _betas(rows: pa.Table, series: Segments, windows: BetaWindows) -> dict[str, Floats]:
    equity, close = (rows.column(name).to_numpy() for name in ("equity", "close"))
    ours, theirs = _changes(equity, series), _changes(close, series)
    filled, benchmark = np.nan_to_num(ours), np.nan_to_num(theirs)
    found = {}
    for name, bars in windows.lengths:
        window = TrailingWindows(series, bars)
        deviation = _dispersion(window, benchmark, theirs, windows.zero_dispersion_ratio)
        variance = np.where(deviation > 0, np.square(deviation), np.nan)
        found[f"beta_{name}"] = _of_returns(
            window.covariance(filled, benchmark) / variance, ours, series, bars
        )
    return found


def _changes(values: Floats, series: Segments) -> Floats:
    """Return the change to each value from the one before; NaN at the first, and after zero."""
    changes = np.full(len(values), np.nan)
    before = values[:-1]
    changes[1:] = np.where(before != 0, values[1:] / before - 1, np.nan)
    changes[series.is_first] = np.nan
    return changes


def _dispersion(window: TrailingWindows, filled: Floats, returns: Floats, ratio: float) -> Floats:
    """Return the standard deviation of returns, exactly 0 where it is no more than rounding."""
    deviation = window.stddev(filled)
    deviation[deviation <= ratio * np.abs(returns)] = 0.0
    return _of_returns(deviation, returns, window.series, window.length)


def _of_returns(figure: Floats, returns: Floats, series: Segments, bars: int) -> Floats:
    """Return a figure of the last returns where a window without the first day's is full of them.

    Only ruin leaves days without a return, and for good: today's return tells of the window.
    """
    return np.where((series.positions >= bars) & ~np.isnan(returns), figure, np.nan)


def _trend(equity: Floats, series: Segments, bars: int) -> Floats:
    """Return the slope of log equity per bar, NaN from ruin on."""
    is_alive = equity > 0
    logs = np.log(np.where(is_alive, equity, 1.0))
    return np.where(is_alive, trailing_slope(logs, series, bars), np.nan)
