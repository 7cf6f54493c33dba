"""Returns by regime: what belongs to a day, the figures, and p-values that are what they say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from scipy.stats import ttest_ind
from statsmodels.stats.multitest import multipletests

from curvehouse.analytics.regime_performance import (
    PERFORMANCE_SCHEMA,
    known_pairs,
    measure_regime_performance,
)
from curvehouse.analytics.regimes import REGIMES, VOL_BANDS, RegimeRules, label_series
from curvehouse.analytics.shifts import adjusted_p_values, shifted_p_values, welch_statistics

Floats = NDArray[np.float64]
RULES = RegimeRules(history_bars=252, min_history_bars=63, trend_threshold=0.5, min_dwell_bars=3)


def labels(pairs: list[int], symbol: str = "A") -> pa.Table:
    days = pa.array(range(len(pairs)), pa.int32()).cast(pa.date32())
    bands = pa.array([None if pair < 0 else pair // 3 for pair in pairs], pa.int8())
    buckets = pa.array([None if pair < 0 else pair % 3 for pair in pairs], pa.int8())
    return pa.table(
        {"symbol": [symbol] * len(pairs), "bar_date": days, "vol_band": bands,
         "trend_bucket": buckets}
    )  # fmt: skip


def returns(values: list[float | None], first_day: int = 0, name: str = "x") -> pa.Table:
    days = pa.array(range(first_day, first_day + len(values)), pa.int32()).cast(pa.date32())
    logs = [None if value is None or value <= -1 else float(np.log1p(value)) for value in values]
    count = len(values)
    return pa.table(
        {
            "backtest_id": [name] * count,
            "input_version": ["v1"] * count,
            "regime_symbol": ["A"] * count,
            "equity_date": days,
            "simple_return": pa.array(values, pa.float64()),
            "log_return": pa.array(logs, pa.float64()),
            "periods_per_year": [252.0] * count,
        }
    )


def measured(
    label_rows: pa.Table, *curves: pa.Table, shifts: int = 99
) -> dict[tuple[str, str, str], dict[str, Any]]:
    table = pa.concat_tables(curves)
    reader = pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=7))
    found = measure_regime_performance(reader, label_rows, shifts=shifts, max_label_days=45)
    assert found.schema == PERFORMANCE_SCHEMA
    rows = found.to_pylist()
    return {(row["backtest_id"], row["basis"], row["regime"]): row for row in rows}


def test_a_return_belongs_to_the_label_before_its_day_or_to_that_of_the_day() -> None:
    found = measured(labels([0, 0, 8, 8, 0]), returns([0.01, 0.02, -0.03, 0.04, -0.05]))
    assert len(found) == 2 * 9
    ante = found["x", "ex_ante", "LowVol-Down"]
    # Days 1, 2: the label of the day before is the first regime; day 0 has no label before it.
    assert (ante["day_count"], ante["spell_count"]) == (2, 1)
    assert ante["mean_return"] == pytest.approx(-0.005)
    assert ante["log_return_sum"] == pytest.approx(np.log(1.02 * 0.97))
    assert ante["hit_rate"] == 0.5
    assert ante["worst_day"] == -0.03
    assert ante["annual_volatility"] == pytest.approx(np.std([0.02, -0.03], ddof=1) * 252**0.5)
    same = found["x", "descriptive", "LowVol-Down"]
    assert (same["day_count"], same["spell_count"]) == (3, 2)
    assert same["worst_day"] == -0.05
    never = found["x", "ex_ante", "MidVol-Up"]
    assert (never["day_count"], never["mean_return"], never["test_status"]) == (
        0, None, "too_few_days"
    )  # fmt: skip


def test_a_label_holds_over_days_without_bars_but_not_for_ever() -> None:
    days = np.array([10, 11, 55, 56], dtype=np.int32)
    pairs = np.array([3, -1], dtype=np.int8)
    market = np.array([10, 100], dtype=np.int32)
    assert known_pairs(market, pairs, days, "ex_ante", 45).tolist() == [-1, 3, 3, -1]
    # A bar without a regime is known to have none.
    assert known_pairs(market, pairs, np.array([101]), "ex_ante", 45).tolist() == [-1]


def test_days_after_ruin_are_left_out_and_the_sum_over_ruin_is_none() -> None:
    found = measured(labels([0] * 8), returns([0.0, 0.1, -1.0, None, None]))
    row = found["x", "ex_ante", "LowVol-Down"]
    assert (row["day_count"], row["log_return_sum"], row["worst_day"]) == (2, None, -1.0)


def test_a_backtest_does_not_depend_on_its_neighbours_and_flat_ones_are_told() -> None:
    draw = np.random.default_rng(5)
    pairs = np.repeat(draw.integers(0, 9, 40), 10).tolist()
    values = draw.normal(0, 0.01, 400).tolist()
    alone = measured(labels(pairs), returns(values))
    beside = measured(labels(pairs), returns([0.0] * 400, name="flat"), returns(values))
    assert {key: row for key, row in beside.items() if key[0] == "x"} == alone
    statuses = {row["test_status"] for key, row in beside.items() if key[0] == "flat"}
    assert statuses <= {"flat", "too_few_days"}
    assert "flat" in statuses
    with_p = [row for row in alone.values() if row["basis"] == "ex_ante" and row["p_value"]]
    adjusted = multipletests([row["p_value"] for row in with_p], method="fdr_bh")[1]
    assert [row["p_value_adjusted"] for row in with_p] == pytest.approx(adjusted)


def test_a_symbol_without_labels_gives_no_rows() -> None:
    assert measured(labels([0] * 5, symbol="B"), returns([0.1] * 5)) == {}


def test_statistics_at_each_shift_are_welchs() -> None:
    draw = np.random.default_rng(6)
    values, codes = draw.standard_t(3, 101), draw.integers(0, 3, 101).astype(np.int8)
    shifts = np.array([0, 1, 50, 100])
    found = welch_statistics(values, codes, np.array([0, 2]), shifts)
    for row, label in enumerate((0, 2)):
        for column, shift in enumerate(shifts):
            inside = np.roll(codes == label, shift)
            expected = ttest_ind(values[inside], values[~inside], equal_var=False).statistic
            assert found[row, column] == pytest.approx(expected, rel=1e-9)


def test_p_values_count_the_shifts_that_are_as_far() -> None:
    values = np.tile([1.0, -1.0, 0.5, -0.5], 30)
    values[:10] += 3
    codes = (np.arange(120) < 10).astype(np.int8)
    (p_value,), count = shifted_p_values(values, codes, np.array([1]), 999, _generator())
    # All 119 shifts there are, and none is as far as no shift.
    assert (count, p_value) == (119, 1 / 120)


def test_an_effect_is_found_and_scale_and_order_of_labels_do_not_matter() -> None:
    draw = np.random.default_rng(8)
    codes = np.repeat(draw.integers(0, 3, 100), 12).astype(np.int8)
    values = draw.normal(0, 0.01, 1200) + np.where(codes == 1, 0.004, 0)
    first, _ = shifted_p_values(values, codes, np.arange(3), 999, _generator())
    scaled, _ = shifted_p_values(values * 1e6, codes, np.arange(3), 999, _generator())
    renamed, _ = shifted_p_values(values, 2 - codes, np.arange(3), 999, _generator())
    assert first[1] == 0.001
    assert first.tolist() == scaled.tolist() == renamed[::-1].tolist()


def test_adjusted_p_values_are_benjamini_and_hochbergs() -> None:
    p_values = np.random.default_rng(9).random(9) ** 3
    expected = multipletests(p_values, method="fdr_bh")[1]
    assert adjusted_p_values(p_values) == pytest.approx(expected, rel=1e-12)


def garch(bars: int, draw: np.random.Generator) -> Floats:
    """Return daily returns with clustered volatility and no mean that depends on anything."""
    shocks = draw.standard_t(6, bars + 500) / 1.5**0.5
    variance, values = 1e-4, np.empty(bars + 500)
    for bar, shock in enumerate(shocks):
        values[bar] = variance**0.5 * shock
        variance = 2e-6 + 0.09 * values[bar] ** 2 + 0.89 * variance
    return values[500:]


def rejections(paths: int, bars: int, seed: int) -> dict[str, float]:
    """Return the share of p-values under 5 % by volatility band, on paths without an effect."""
    draw = np.random.default_rng(seed)
    found: dict[str, list[bool]] = {band: [] for band in VOL_BANDS}
    for _ in range(paths):
        values = garch(bars, draw)
        logs = np.append(0, np.cumsum(np.log1p(values)))
        volatility, trend = rolling(logs)
        labelled = label_series(volatility, trend, RULES)
        pairs = np.where(labelled.vol_band < 0, -1, labelled.vol_band * 3 + labelled.trend_bucket)
        before, after = pairs[:-1], values
        known = before >= 0
        codes = before[known].astype(np.int8)
        counts = np.bincount(codes, minlength=9)
        chosen = np.flatnonzero(counts >= 2)
        p_values, _ = shifted_p_values(after[known], codes, chosen, 999, draw)
        for pair, p_value in zip(chosen.tolist(), p_values.tolist(), strict=True):
            found[VOL_BANDS[pair // 3]].append(p_value < 0.05)
    return {band: float(np.mean(hits)) for band, hits in found.items()}


def rolling(logs: Floats) -> tuple[Floats, Floats]:
    volatility, trend = np.full((2, len(logs)), np.nan)
    windows = np.lib.stride_tricks.sliding_window_view
    volatility[14:] = windows(np.diff(logs), 14).std(axis=1, ddof=1)
    weights = np.arange(20) - 9.5
    slope = windows(logs, 20) @ weights / (weights @ weights)
    trend[19:] = slope * 20**0.5 / volatility[19:]
    return volatility, trend


def test_without_an_effect_one_in_twenty_is_found_in_each_band() -> None:
    found = rejections(paths=600, bars=1_500, seed=11)
    assert all(0.03 <= share <= 0.09 for share in found.values()), found


@pytest.mark.soak
def test_without_an_effect_one_in_twenty_is_found_on_long_paths() -> None:
    found = rejections(paths=1_500, bars=2_520, seed=12)
    assert all(0.03 <= share <= 0.09 for share in found.values()), found


def test_all_regimes_have_a_name_of_their_own() -> None:
    assert len(set(REGIMES)) == 9


def _generator() -> np.random.Generator:
    return np.random.default_rng(4)
