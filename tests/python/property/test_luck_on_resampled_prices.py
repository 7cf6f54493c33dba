"""On resampled prices no timing is possible, so hardly a sweep may look as if it had found some."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from scipy.stats import kurtosis, skew

from conftest import PROJECT_DIR
from curvehouse.analytics.bootstrap import stationary_indices
from curvehouse.analytics.overfitting import measure_overfitting
from curvehouse.sweep.engine import Execution, simulate
from curvehouse.sweep.signals import ma_crossover
from sweep_runs import made_bars

Floats = NDArray[np.float64]

DATA = PROJECT_DIR / "python" / "curvehouse" / "demo" / "data" / "closes.csv.gz"
GRID = [
    {"ma_short": short, "ma_long": long}
    for short in (5, 10, 20, 40)
    for long in (50, 100, 150, 200, 250)
]


def passing(closes: Floats, histories: int, seed: int) -> dict[str, float]:
    """Return the share of sweeps on resampled histories whose best passes DSR > 0.95, by basis."""
    ratios = closes[1:] / closes[:-1]
    index = stationary_indices(len(ratios), histories, 20, np.random.default_rng(seed))
    swept = [sweep(np.concatenate([[1.0], np.cumprod(ratios[positions])])) for positions in index]
    trials = pa.Table.from_pylist(
        [
            trial(number, curve)
            for number, curve in enumerate(curve for _, cs in swept for curve in cs)
        ]
    )
    rows = measure_overfitting(
        stream(swept), trials, blocks=4, min_curves=10_000, min_bars=63
    ).to_pylist()
    return {
        basis: float(
            np.mean([row["deflated_sharpe_ratio"] > 0.95 for row in rows if row["basis"] == basis])
        )
        for basis in ("total", "excess")
    }


def sweep(closes: Floats) -> tuple[Floats, Floats]:
    positions = ma_crossover(made_bars(closes), GRID, [None] * len(GRID))
    return closes, simulate(positions, closes, Execution()).equity


def trial(number: int, equity: Floats) -> dict[str, object]:
    returns = equity[1:] / equity[:-1] - 1
    return {
        "trial_number": number,
        "run_id": f"{number // len(GRID):06}",
        "strategy": "ma_crossover",
        "symbol": "X",
        "backtest_id": f"{number:06}",
        "periods_per_year": 252.0,
        "sharpe_per_bar": float(returns.mean() / returns.std(ddof=1)),
        "skewness": float(skew(returns, bias=False)),
        "kurtosis": float(kurtosis(returns, bias=False)) + 3,
        "return_count": len(returns),
    }


def stream(swept: list[tuple[Floats, Floats]]) -> pa.RecordBatchReader:
    days = pa.array(np.arange(len(swept[0][0])).astype("datetime64[D]"))
    names = ["trial_number", "equity_date", "equity", "close"]

    def batches() -> Iterator[pa.RecordBatch]:
        number = 0
        for closes, curves in swept:
            for equity in curves:
                numbers = pa.array(np.full(len(days), number))
                columns = [numbers, days, pa.array(equity), pa.array(closes)]
                yield pa.RecordBatch.from_arrays(columns, names=names)
                number += 1

    first = next(batches())
    return pa.RecordBatchReader.from_batches(first.schema, batches())


def test_hardly_a_sweep_passes_beyond_holding_the_symbol() -> None:
    closes = pl.read_csv(gzip.decompress(DATA.read_bytes()))["SP500"].to_numpy()
    found = passing(closes, histories=200, seed=1)
    assert found["excess"] <= 0.05
    # What the excess basis is for: without it the market's rise passes for skill.
    assert found["total"] > 0.1


@pytest.mark.soak
@pytest.mark.parametrize("symbol", ["SP500", "AAPL", "JPM", "KO", "XOM"])
def test_hardly_one_of_a_thousand_sweeps_passes(symbol: str) -> None:
    closes = pl.read_csv(gzip.decompress(DATA.read_bytes()))[symbol].to_numpy()
    assert passing(closes, histories=1000, seed=2)["excess"] <= 0.05
