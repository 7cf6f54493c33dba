"""How far a backtest's figures could have come out otherwise, by resampling its own days."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from curvehouse.analytics.groups import whole_groups
from curvehouse.analytics.tail_risk import measure_tail

__all__ = ["BOOTSTRAP_SCHEMA", "bootstrap_backtests", "stationary_indices"]

BOOTSTRAP_SCHEMA = pa.schema(
    [
        ("backtest_id", pa.string()),
        ("input_version", pa.string()),
        ("fit_status", pa.string()),
        ("sample_count", pa.int64()),
        ("sharpe_ratio_p05", pa.float64()),
        ("sharpe_ratio_p95", pa.float64()),
        ("cagr_p05", pa.float64()),
        ("cagr_p95", pa.float64()),
        ("max_drawdown_resampled_p05", pa.float64()),
        ("max_drawdown_resampled_p95", pa.float64()),
        ("gpd_threshold", pa.float64()),
        ("gpd_scale", pa.float64()),
        ("gpd_shape", pa.float64()),
        ("gpd_value_at_risk", pa.float64()),
        ("gpd_expected_shortfall", pa.float64()),
    ]
)

_BOUNDS = (0.05, 0.95)

_DAYS_PER_YEAR = 365.25

Floats = NDArray[np.float64]


def bootstrap_backtests(
    returns: pa.RecordBatchReader,
    *,
    samples: int,
    mean_block_bars: float,
    min_bars: int,
    min_days: int,
    risk_free_rate: float = 0.0,
    zero_dispersion_ratio: float = 1e-12,
    min_losses: int = 20,
) -> pa.Table:
    """Return quantiles of figures over resampled histories of each backtest, and its tail.

    Parameters
    ----------
    returns : pyarrow.RecordBatchReader
        ``backtest_id, input_version, equity_date, simple_return, periods_per_year``, the rows of
        a backtest adjacent, in any order of days.
    samples : int
        Histories drawn for each backtest.
    mean_block_bars : float
        Mean length of the blocks that keep their order.
    min_bars : int
        Under so many returns a backtest is ``too_short``.
    min_days : int
        Under so many calendar days it has no ``cagr``.
    risk_free_rate : float
        A year, as a fraction.
    zero_dispersion_ratio : float
        A standard deviation below this times the mean absolute return is none.
    min_losses : int
        Under so many losing days a backtest has no tail.

    Returns
    -------
    pyarrow.Table
        `BOOTSTRAP_SCHEMA`, one row per backtest in the order they came. ``fit_status`` is ``ok``,
        ``too_short``, ``ruined`` (a return is NULL or -1) or ``flat`` (no dispersion); figures are
        NULL where it is not ``ok``.

    Notes
    -----
    The stationary bootstrap: blocks of geometric length, wrapping round the end, so that the
    dependence of neighbouring days and the marginal distribution both stay. The generator is
    seeded from the ``backtest_id``, so a backtest's figures do not depend on its neighbours.
    Quantiles are linear, at 5 % and 95 %; histories without dispersion have no Sharpe ratio and are
    left out of its quantiles. The drawdown's range says how deep it could have been, and is no
    confidence interval: a maximum over a path is biased under resampling. The tail is that of the
    days as they were (`measure_tail`).

    References
    ----------
    Politis and Romano (1994), "The Stationary Bootstrap", Journal of the American Statistical
    Association 89.
    """
    rows = []
    for backtest_id, group in whole_groups(returns, "backtest_id"):
        days = group.sort_by("equity_date")
        status = _status(days, min_bars, zero_dispersion_ratio)
        row: dict[str, Any] = dict.fromkeys(BOOTSTRAP_SCHEMA.names)
        row |= {
            "backtest_id": backtest_id,
            "input_version": days.column("input_version")[0].as_py(),
            "fit_status": status,
            "sample_count": samples if status == "ok" else 0,
        }
        if status == "ok":
            generator = np.random.default_rng(_seed(backtest_id))
            values = days.column("simple_return").to_numpy()
            tail = measure_tail(values, min_losses=min_losses)
            row |= asdict(tail) if tail else {}
            index = stationary_indices(len(values), samples, mean_block_bars, generator)
            periods = days.column("periods_per_year")[0].as_py()
            drawn = values[index]
            row |= _quantiles("sharpe_ratio", _sharpe_ratios(drawn, periods, risk_free_rate))
            row |= _quantiles("max_drawdown_resampled", _max_drawdowns(drawn))
            span = _calendar_days(days)
            if span >= min_days:
                row |= _quantiles("cagr", _growth(drawn, span))
        rows.append(row)
    return pa.Table.from_pylist(rows, schema=BOOTSTRAP_SCHEMA)


def stationary_indices(
    length: int,
    samples: int,
    mean_block_bars: float,
    generator: np.random.Generator,
    *,
    count: int | None = None,
) -> NDArray[np.int64]:
    """Return positions of resampled histories, shape ``(samples, count)``, ``count`` or ``length``.

    Each position is below ``length``; it follows the one before it, wrapping round the end, or
    starts a new block at random with probability ``1 / mean_block_bars``.

    Examples
    --------
    >>> stationary_indices(4, 1, 1e12, np.random.default_rng(2)).tolist()
    [[1, 2, 3, 0]]
    """
    shape = (samples, length if count is None else count)
    starts = generator.random(shape) < 1 / mean_block_bars
    starts[:, 0] = True
    firsts = generator.integers(0, length, shape)
    bars = np.arange(shape[1])
    last_start = np.maximum.accumulate(np.where(starts, bars, 0), axis=1)
    block_first = np.take_along_axis(firsts, last_start, axis=1)
    positions: NDArray[np.int64] = (block_first + bars - last_start) % length
    return positions


def _status(days: pa.Table, min_bars: int, zero_dispersion_ratio: float) -> str:
    returns = days.column("simple_return")
    if returns.null_count or (pc.min(returns).as_py() or 0) <= -1:
        return "ruined"
    if len(returns) < min_bars:
        return "too_short"
    values = returns.to_numpy()
    is_flat = values.std(ddof=1) <= zero_dispersion_ratio * np.abs(values).mean()
    return "flat" if is_flat else "ok"


def _seed(backtest_id: str) -> int:
    return int.from_bytes(hashlib.sha256(backtest_id.encode()).digest()[:8], "big")


def _sharpe_ratios(drawn: Floats, periods_per_year: float, risk_free_rate: float) -> Floats:
    deviation = drawn.std(axis=1, ddof=1)
    excess = drawn.mean(axis=1) - risk_free_rate / periods_per_year
    moving = deviation > 0
    ratios: Floats = excess[moving] / deviation[moving] * np.sqrt(periods_per_year)
    return ratios


def _max_drawdowns(drawn: Floats) -> Floats:
    equity = np.cumprod(1 + drawn, axis=1)
    peaks = np.maximum(np.maximum.accumulate(equity, axis=1), 1.0)
    lowest: Floats = (equity / peaks - 1).min(axis=1)
    return np.minimum(lowest, 0.0)


def _growth(drawn: Floats, calendar_days: int) -> Floats:
    total = np.log1p(drawn).sum(axis=1)
    growth: Floats = np.expm1(total * _DAYS_PER_YEAR / calendar_days)
    return growth


def _calendar_days(days: pa.Table) -> int:
    dates = days.column("equity_date")
    return int((dates[-1].as_py() - dates[0].as_py()).days)


def _quantiles(name: str, values: Floats) -> dict[str, float | None]:
    low, high = np.quantile(values, _BOUNDS).tolist() if len(values) else (None, None)
    return {f"{name}_p05": low, f"{name}_p95": high}
