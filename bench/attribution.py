"""Regressing many curves on three factors in every window of 126 days, beside statsmodels."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

import numpy as np
import pyarrow as pa
import statsmodels.api as sm
from numpy.typing import NDArray
from statsmodels.regression.rolling import RollingOLS

from bench.process import Usage, call_measured
from curvehouse.analytics.attribution import attribute_backtests
from curvehouse.analytics.attribution.regression import fit_curves, fit_errors, lay_out

__all__ = ["measure"]

CURVES, PEER_CURVES = 2_000, 20
ROWS, WINDOW, FACTORS = 2_520, 126, 3
ROUNDS = 3
# Curves done at once: what is in between stays in a processor's cache.
AT_ONCE = 32

Floats = NDArray[np.float64]


def measure() -> str:
    """Return what the regressions took a curve on either side, and a whole attribution."""
    ours, peer = [], []
    for _ in range(ROUNDS):
        ours.append(call_measured(_fit_all))
        peer.append(call_measured(_fit_peer))
    ratios = [
        (other.seconds / PEER_CURVES) / (one.seconds / CURVES)
        for one, other in zip(ours, peer, strict=True)
    ]
    _check_same()
    whole = call_measured(_attribute)
    return "\n".join(
        [
            f"attribution: {CURVES:,} curves of {ROWS:,} days, window {WINDOW}, {FACTORS} factors, "
            f"coefficients, errors and R squared of every day in {_shown(ours)}",
            f"attribution: statsmodels RollingOLS, {PEER_CURVES} curves in {_shown(peer)}; "
            f"extrapolated, we are {median(ratios):.0f} times faster a curve "
            f"(from {min(ratios):.0f} to {max(ratios):.0f})",
            f"attribution: all rows of the tables, three windows, in {_shown([whole])}",
        ]
    )


def _shown(usages: list[Usage]) -> str:
    seconds = sorted(usage.seconds for usage in usages)
    peak = max(usage.peak_bytes for usage in usages)
    return (
        f"{median(seconds):.2f} s (from {seconds[0]:.2f} to {seconds[-1]:.2f} s, "
        f"peak {peak / 1e9:.2f} GB)"
    )


def _factors() -> Floats:
    draw = np.random.default_rng(1)
    factors = draw.normal(0.0003, 0.01, (ROWS, FACTORS))
    factors[:, 1] += 0.4 * factors[:, 0]
    return factors


def _returns(first: int, count: int) -> Floats:
    """Return some of the curves' returns, the same ones for every caller."""
    draw = np.random.default_rng(first)
    exposures = draw.normal(0.5, 0.5, (FACTORS, count))
    returns: Floats = _factors() @ exposures + draw.normal(0, 0.01, (ROWS, count))
    return returns


def _fit_all() -> None:
    design = lay_out(_factors(), WINDOW)
    every_row = np.arange(ROWS)
    for first in range(0, CURVES, AT_ONCE):
        returns = _returns(first, min(AT_ONCE, CURVES - first))
        fits = fit_curves(design, returns)
        fit_errors(design, fits, returns, every_row)


def _fit_peer() -> None:
    factors = sm.add_constant(_factors())
    returns = _returns(0, AT_ONCE)
    for curve in range(PEER_CURVES):
        fit = RollingOLS(returns[:, curve], factors, window=WINDOW).fit()
        _ = fit.params, fit.bse, fit.rsquared


def _check_same() -> None:
    factors, returns = _factors(), _returns(0, AT_ONCE)
    design = lay_out(factors, WINDOW)
    fits = fit_curves(design, returns)
    errors = fit_errors(design, fits, returns, np.arange(ROWS))
    fit = RollingOLS(returns[:, 0], sm.add_constant(factors), window=WINDOW).fit()
    pairs = [
        (fits.beta[:, :, 0].T, fit.params[:, 1:]),
        (errors.beta[:, :, 0].T, fit.bse[:, 1:]),
        (errors.r_squared[:, 0], fit.rsquared),
    ]
    if not all(np.allclose(one, other, rtol=1e-9, equal_nan=True) for one, other in pairs):
        raise SystemExit("bench: the two sides came to different coefficients.")


def _attribute() -> None:
    days = np.datetime64("2010-01-01") + np.arange(ROWS)
    factors = _factors()
    names = [f"factor {number}" for number in range(FACTORS)]
    table = pa.table(
        {
            "factor_set": ["bench"] * (FACTORS * ROWS),
            "factor": np.repeat(names, ROWS),
            "factor_kind": ["excess"] * (FACTORS * ROWS),
            "factor_position": np.repeat(np.arange(1, FACTORS + 1), ROWS),
            "factor_date": np.tile(days, FACTORS),
            "factor_return": factors.T.ravel(),
        }
    )
    wanted = pa.table(
        {
            "backtest_id": [f"{number:016d}" for number in range(CURVES)],
            "factor_set": ["bench"] * CURVES,
            "input_version": [f"{number:064d}" for number in range(CURVES)],
            "periods_per_year": [365.0] * CURVES,
        }
    )
    found = attribute_backtests(
        pa.RecordBatchReader.from_batches(_equity_schema(), _equity(days)),
        wanted,
        table,
        window_days=WINDOW,
        max_span_days=252,
        max_hole_days=31,
        min_growth_days=30,
    )
    rows = sum(batch.num_rows for batch in found)
    if rows < CURVES * 100:
        raise SystemExit(f"bench: the attribution has {rows} rows only.")


def _equity_schema() -> pa.Schema:
    return pa.schema(
        [("backtest_id", pa.string()), ("equity_date", pa.date32()), ("equity", pa.float64())]
    )


def _equity(days: NDArray[np.datetime64]) -> Iterator[pa.RecordBatch]:
    for first in range(0, CURVES, AT_ONCE):
        equity = np.cumprod(1 + _returns(first, min(AT_ONCE, CURVES - first)), axis=0)
        for number in range(equity.shape[1]):
            columns = [[f"{first + number:016d}"] * ROWS, pa.array(days), equity[:, number]]
            yield pa.record_batch(columns, schema=_equity_schema())
