"""Curves beside a benchmark, worked by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pytest

from curvehouse.analytics.benchmark import BENCHMARK_SCHEMA, measure_against_benchmark


def measured(
    curves: Mapping[str, Sequence[tuple[float, float]]], chunk: int = 100
) -> dict[str, dict[str, Any]]:
    """Measure curves given as pairs of equity and close."""
    rows = [
        (number, date(2024, 1, 1) + timedelta(days=day), equity, close)
        for number, pairs in enumerate(curves.values(), start=1)
        for day, (equity, close) in enumerate(pairs)
    ]
    names = ["curve_number", "equity_date", "equity", "close"]
    types = [pa.int64(), pa.date32(), pa.float64(), pa.float64()]
    columns = zip(*rows, strict=True)
    table = pa.table(
        [pa.array(values, kind) for values, kind in zip(columns, types, strict=True)], names
    )
    known = pa.table(
        {
            "curve_number": pa.array(range(1, len(curves) + 1), pa.int64()),
            "backtest_id": list(curves),
            "input_version": list(curves),
        }
    )
    reader = pa.RecordBatchReader.from_batches(table.schema, table.to_batches(chunk))
    found = measure_against_benchmark(reader, known)
    assert found.schema == BENCHMARK_SCHEMA
    return {row["backtest_id"]: row for row in found.to_pylist()}


def test_a_curve_of_twice_the_benchmarks_returns_has_a_beta_of_two() -> None:
    # The benchmark moves by +10 %, -10 % and 0; the curve twice as far.
    curve = [(100.0, 50.0), (120.0, 55.0), (96.0, 49.5), (96.0, 49.5)]
    row = measured({"x": curve}, chunk=3)["x"]
    assert row["pair_count"] == 3
    assert row["beta"] == pytest.approx(2)
    assert row["correlation"] == pytest.approx(1)
    assert row["growth"] == pytest.approx(0.96)
    assert row["benchmark_growth"] == pytest.approx(0.99)
    assert (row["up_growth"], row["down_growth"]) == pytest.approx((1.2, 0.8))
    assert (row["beaten_count"], row["rising_pair_count"], row["falling_beaten_count"]) == (1, 2, 0)
    assert row["active_mean"] == pytest.approx(0)
    assert row["beta_fragility_heuristic"] == pytest.approx(0)
    # One day on each side has no slope.
    assert (row["up_beta"], row["down_beta"]) == (None, None)


def test_the_benchmark_itself_does_not_scatter_about_itself() -> None:
    # In another currency, so that the last digits of the returns are not the same.
    curve = [(price * 9137.31, price) for price in (10.0, 11.0, 9.5, 12.0, 11.9)]
    assert any(b[0] / a[0] != b[1] / a[1] for a, b in pairwise(curve))
    row = measured({"x": curve})["x"]
    assert (row["active_stddev"], row["active_mean"], row["beaten_count"]) == (0, 0, 0)
    assert row["beta"] == pytest.approx(1)


def test_ruin_ends_the_comparison_and_a_curve_without_days_has_a_row() -> None:
    ruined = [(100.0, 10.0), (50.0, 11.0), (0.0, 12.0), (0.0, 13.0)]
    found = measured({"ruined": ruined, "elsewhere": []})
    assert (found["ruined"]["pair_count"], found["ruined"]["growth"]) == (2, 0)
    assert found["elsewhere"]["pair_count"] is None
    assert found["elsewhere"]["input_version"] == "elsewhere"
