"""Regressing many curves on three factors in every window of 126 days, beside statsmodels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bench.comparison import BenchError, Call, Comparison, Outcome, Pair, Side, Target, Work
from curvehouse.analytics.attribution import attribute_backtests
from curvehouse.analytics.attribution.regression import fit_curves, fit_errors, lay_out

__all__ = ["comparisons"]

CURVES, PEER_CURVES = 2_000, 20
QUICK_CURVES, QUICK_PEER_CURVES = 64, 2
ROWS, WINDOW, FACTORS = 2_520, 126, 3
# Curves done at once: what is in between stays in a processor's cache.
AT_ONCE = 32
_EQUITY_SCHEMA = pa.schema(
    [("backtest_id", pa.string()), ("equity_date", pa.date32()), ("equity", pa.float64())]
)

Floats = NDArray[np.float64]


def comparisons(folder: Path, *, quick: bool) -> Iterator[Comparison]:  # noqa: ARG001
    """Yield the regressions alone, and all that the tables of attribution need."""
    curves, few = (QUICK_CURVES, QUICK_PEER_CURVES) if quick else (CURVES, PEER_CURVES)
    size = f"{curves:,} curves of {ROWS:,} days on {FACTORS} factors"
    peer = Side("statsmodels RollingOLS", Call(fit_by_statsmodels, (few,), warm_ups=1), few)
    yield Comparison(
        "regressions",
        f"{size}, every window of {WINDOW} days: coefficients, errors, R squared",
        Side("curvehouse", Call(fit, (curves, few)), curves),
        peer,
        "coefficients, standard errors and R squared of the peer's curves in all windows",
        _pairs_of_fits,
        unit="curves",
        target=Target(at_least=150, peak_bytes=1.5e9),
    )
    yield Comparison(
        "tables",
        f"{size}: rolling, expanding and whole windows, contributions, rows of all tables; the "
        "peer does the rolling ones",
        Side("curvehouse", Call(attribute, (curves, few)), curves),
        peer,
        "rolling coefficients of the peer's curves on the days that the tables show",
        _pairs_of_rows,
        unit="curves",
    )


def fit(curves: int, kept: int) -> Work:
    """Regress all curves, and keep what some of them came to."""
    every_row = np.arange(ROWS)
    returns = [_returns(first, min(AT_ONCE, curves - first)) for first in _starts(curves)]

    def work() -> Outcome:
        design = lay_out(_factors(), WINDOW)
        first: dict[str, Floats] = {}
        for block in returns:
            fits = fit_curves(design, block)
            errors = fit_errors(design, fits, block, every_row)
            first = first or {
                "beta": fits.beta[:, :, :kept],
                "error": errors.beta[:, :, :kept],
                "r_squared": errors.r_squared[:, :kept],
            }
        return Outcome(lambda: first)

    return work


def fit_by_statsmodels(curves: int) -> Work:
    """Regress some curves one by one."""
    import statsmodels.api as sm
    from statsmodels.regression.rolling import RollingOLS

    returns = _returns(0, AT_ONCE)[:, :curves]

    def work() -> Outcome:
        factors = sm.add_constant(_factors())
        found = []
        for curve in returns.T:
            fitted = RollingOLS(curve, factors, window=WINDOW).fit()
            found.append((fitted.params[:, 1:].T, fitted.bse[:, 1:].T, fitted.rsquared))
        beta, error, r_squared = (np.array(each) for each in zip(*found, strict=True))
        return Outcome(
            lambda: {
                "beta": np.moveaxis(beta, 0, 2),
                "error": np.moveaxis(error, 0, 2),
                "r_squared": r_squared.T,
            }
        )

    return work


def attribute(curves: int, kept: int) -> Work:
    """Make the rows of all tables, and keep the rolling coefficients of some curves."""
    days = np.datetime64("2010-01-01") + np.arange(ROWS)
    ids = [f"{number:016d}" for number in range(curves)]
    equity = list(_equity(days, ids))
    factors, wanted = _factor_table(days), _wanted(ids)

    def work() -> Outcome:
        found = attribute_backtests(
            pa.RecordBatchReader.from_batches(_EQUITY_SCHEMA, equity),
            wanted,
            factors,
            window_days=WINDOW,
            max_span_days=252,
            max_hole_days=31,
            min_growth_days=30,
        )
        rows, first = 0, []
        for batch in found:
            rows += batch.num_rows
            if batch.column("backtest_id").dictionary[0].as_py() == ids[0]:
                first.append(batch)
        if rows < curves * 100:
            raise BenchError(f"the attribution has {rows} rows only")
        return Outcome(lambda: _rolling_rows(pa.Table.from_batches(first), ids[:kept], days))

    return work


def _pairs_of_fits(ours: dict[str, Floats], theirs: dict[str, Floats]) -> Iterator[Pair]:
    for name, found in theirs.items():
        yield Pair(name, ours[name], found)


def _pairs_of_rows(ours: dict[str, Any], theirs: dict[str, Floats]) -> Iterator[Pair]:
    """Yield coefficients where ours has a row; its curves begin a day later, with a return."""
    betas = theirs["beta"][ours["factor"], ours["day"], ours["curve"]]
    yield Pair("beta", ours["beta"], betas)


def _rolling_rows(table: pa.Table, ids: list[str], days: NDArray[np.datetime64]) -> dict[str, Any]:
    is_rolling = pc.and_(
        pc.equal(table["row_kind"], "exposure"), pc.equal(table["estimation_window"], "rolling")
    )
    rows = table.filter(pc.and_(is_rolling, pc.is_in(table["backtest_id"], pa.array(ids))))
    rows = rows.filter(pc.equal(rows["fit_status"], "ok"))
    names = [f"factor {number}" for number in range(FACTORS)]
    return {
        "factor": np.array([names.index(name) for name in rows["factor"].to_pylist()]),
        "day": np.searchsorted(days, rows["as_of_date"].to_numpy()),
        "curve": np.array([ids.index(name) for name in rows["backtest_id"].to_pylist()]),
        "beta": rows["beta"].to_numpy(),
    }


def _starts(curves: int) -> range:
    return range(0, curves, AT_ONCE)


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


def _equity(days: NDArray[np.datetime64], ids: list[str]) -> Iterator[pa.RecordBatch]:
    for first in _starts(len(ids)):
        equity = np.cumprod(1 + _returns(first, min(AT_ONCE, len(ids) - first)), axis=0)
        for number in range(equity.shape[1]):
            columns = [[ids[first + number]] * ROWS, pa.array(days), equity[:, number]]
            yield pa.record_batch(columns, schema=_EQUITY_SCHEMA)


def _factor_table(days: NDArray[np.datetime64]) -> pa.Table:
    return pa.table(
        {
            "factor_set": ["bench"] * (FACTORS * ROWS),
            "factor": np.repeat([f"factor {number}" for number in range(FACTORS)], ROWS),
            "factor_kind": ["excess"] * (FACTORS * ROWS),
            "factor_position": np.repeat(np.arange(1, FACTORS + 1), ROWS),
            "factor_date": np.tile(days, FACTORS),
            "factor_return": _factors().T.ravel(),
        }
    )


def _wanted(ids: list[str]) -> pa.Table:
    return pa.table(
        {
            "backtest_id": ids,
            "factor_set": ["bench"] * len(ids),
            "input_version": [f"{number:064d}" for number in range(len(ids))],
            "periods_per_year": [365.0] * len(ids),
        }
    )
