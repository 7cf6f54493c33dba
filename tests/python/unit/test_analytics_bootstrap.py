"""Resampled histories: drawn as they should be, measured as a plain loop measures them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from curvehouse.analytics.bootstrap import (
    BOOTSTRAP_SCHEMA,
    bootstrap_backtests,
    stationary_indices,
)

NOISE = np.random.default_rng(5).normal(0.0005, 0.01, 300).tolist()


def reader(curves: Mapping[str, Sequence[float | None]], chunk: int = 97) -> pa.RecordBatchReader:
    rows = [
        {
            "backtest_id": name,
            "input_version": f"version of {name}",
            "equity_date": date(2020, 1, 1) + timedelta(days=number),
            "simple_return": value,
            "periods_per_year": 252.0,
        }
        for name, returns in curves.items()
        for number, value in enumerate(returns)
    ]
    schema = pa.schema(
        [
            ("backtest_id", pa.string()),
            ("input_version", pa.string()),
            ("equity_date", pa.date32()),
            ("simple_return", pa.float64()),
            ("periods_per_year", pa.float64()),
        ]
    )
    table = pa.Table.from_pylist(rows, schema=schema)
    return pa.RecordBatchReader.from_batches(schema, table.to_batches(max_chunksize=chunk))


def fitted(
    curves: Mapping[str, Sequence[float | None]], chunk: int = 97, **options: Any
) -> list[dict[str, Any]]:
    settings = {"samples": 50, "mean_block_bars": 10, "min_bars": 63, "min_days": 30, **options}
    table = bootstrap_backtests(reader(curves, chunk), **settings)
    assert table.schema == BOOTSTRAP_SCHEMA
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def test_blocks_keep_their_order_wrap_round_and_have_the_mean_length() -> None:
    index = stationary_indices(500, 400, 20, np.random.default_rng(1))
    assert (index.min(), index.max()) == (0, 499)
    follows = (index[:, 1:] - index[:, :-1]) % 500 == 1
    # A new block starts one day in twenty, and follows by chance once in 500 of them.
    assert (~follows).mean() == pytest.approx(1 / 20, rel=0.03)
    counts = np.bincount(index.ravel(), minlength=500)
    assert counts.mean() == 400
    assert counts.std() < 5 * np.sqrt(400 * 20) / np.sqrt(20)


def test_a_plain_loop_gives_the_same_figures() -> None:
    (row,) = fitted({"x": NOISE}, samples=40)
    seed = int.from_bytes(hashlib.sha256(b"x").digest()[:8], "big")
    index = stationary_indices(300, 40, 10, np.random.default_rng(seed))
    sharpe, cagr, drawdown = [], [], []
    for positions in index:
        returns = [NOISE[position] for position in positions]
        sharpe.append(np.mean(returns) / np.std(returns, ddof=1) * np.sqrt(252))
        equity, peak, worst = 1.0, 1.0, 0.0
        for value in returns:
            equity *= 1 + value
            peak = max(peak, equity)
            worst = min(worst, equity / peak - 1)
        cagr.append(equity ** (365.25 / 299) - 1)
        drawdown.append(worst)
    expected = {"sharpe_ratio": sharpe, "cagr": cagr, "max_drawdown_resampled": drawdown}
    for name, values in expected.items():
        for bound, share in (("p05", 0.05), ("p95", 0.95)):
            assert row[f"{name}_{bound}"] == pytest.approx(np.quantile(values, share), rel=1e-12)


def test_figures_depend_on_nothing_but_the_backtest() -> None:
    alone = fitted({"b": NOISE})
    among = fitted({"a": NOISE[::-1], "b": NOISE, "c": NOISE}, chunk=11)
    assert among[1] == alone[0]
    assert among[2]["sharpe_ratio_p05"] != alone[0]["sharpe_ratio_p05"]
    assert fitted({}) == []


def test_the_order_of_rows_within_a_backtest_does_not_matter() -> None:
    table = reader({"x": NOISE}).read_all()
    turned = table.take(pa.array(range(299, -1, -1)))
    settings = {"samples": 20, "mean_block_bars": 10, "min_bars": 63, "min_days": 30}
    found = [
        bootstrap_backtests(
            pa.RecordBatchReader.from_batches(part.schema, part.to_batches()), **settings
        )
        for part in (table, turned)
    ]
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("returns", "status"),
    [
        (NOISE[:62], "too_short"),
        (NOISE[:63], "ok"),
        ([0.0] * 300, "flat"),
        ([*NOISE, -1.0], "ruined"),
        ([*NOISE, -1.0, None, None], "ruined"),
    ],
)
def test_what_cannot_be_drawn_says_why(returns: Sequence[float | None], status: str) -> None:
    (row,) = fitted({"x": returns})
    assert (row["backtest_id"], row["input_version"]) == ("x", "version of x")
    figures = {name: row[name] for name in row if name.endswith(("p05", "p95"))}
    assert row["fit_status"] == status
    assert row["sample_count"] == (50 if status == "ok" else 0)
    assert all((value is not None) == (status == "ok") for value in figures.values())


def test_growth_of_a_short_span_is_unknown() -> None:
    (row,) = fitted({"x": NOISE[:80]}, min_days=365)
    assert (row["fit_status"], row["cagr_p05"], row["cagr_p95"]) == ("ok", None, None)


@pytest.mark.parametrize("curve_count", [100, pytest.param(1_000, marks=pytest.mark.soak)])
def test_intervals_cover_the_true_figures_of_ten_years_of_noise(curve_count: int) -> None:
    mean, deviation, days = 0.0005, 0.01, 2_520
    sharpe = mean / deviation * np.sqrt(252)
    # The median of growth: returns compound to the exponential of their mean logarithm.
    growth = np.exp((np.log1p(mean) - deviation**2 / 2) * 365.25) - 1
    draw = np.random.default_rng(11)
    covered = []
    for number in range(curve_count):
        curve = {f"{days}-{number}": draw.normal(mean, deviation, days).tolist()}
        (row,) = fitted(curve, samples=200, mean_block_bars=20, chunk=days)
        covered.append(
            (
                row["sharpe_ratio_p05"] <= sharpe <= row["sharpe_ratio_p95"],
                row["cagr_p05"] <= growth <= row["cagr_p95"],
            )
        )
    # Nominal 0.90; intervals from quantiles of draws in blocks fall a little short.
    assert all(0.85 <= share <= 0.95 for share in np.mean(covered, axis=0)), np.mean(
        covered, axis=0
    )
