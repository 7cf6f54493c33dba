"""Probabilistic and deflated Sharpe ratios against the published example and plain formulas."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import norm

from curvehouse.analytics.sharpe import (
    JUDGED_SCHEMA,
    deflated_sharpe_ratio,
    expected_best_sharpe,
    judge_sharpe_ratios,
    minimum_track_record,
    probabilistic_sharpe_ratio,
    sharpe_standard_error,
)

# Sharpe ratio 2.5 a year on five years of 250 days, the best of 100 whose ratios scatter by 1/2.
PUBLISHED = {"skewness": -3.0, "kurtosis": 10.0}


def test_the_published_example() -> None:
    assert expected_best_sharpe(100, 0.5 / 250) == pytest.approx(0.1132, abs=5e-5)
    deflated = deflated_sharpe_ratio(
        2.5 / math.sqrt(250), 1250, **PUBLISHED, trials=100, variance=0.5 / 250
    )
    assert deflated == pytest.approx(0.9004, abs=5e-5)


def test_the_published_example_with_fewer_trials() -> None:
    # The same paper: were the skill found after 46 trials, it would pass at 95 %.
    deflated = [
        deflated_sharpe_ratio(
            2.5 / math.sqrt(250), 1250, **PUBLISHED, trials=trials, variance=0.5 / 250
        )
        for trials in (46, 47)
    ]
    assert deflated[0] is not None
    assert deflated[1] is not None
    assert deflated[0] == pytest.approx(0.9505, abs=5e-5)
    assert deflated[1] < deflated[0]


@pytest.mark.parametrize("trials", [2, 7, 100, 10_000])
def test_a_plain_formula_gives_the_same(trials: int) -> None:
    draw = np.random.default_rng(trials)
    sharpe, skewness, kurtosis, variance = 0.07, -0.4, 6.5, float(draw.uniform(1e-4, 1e-2))
    gamma = float(np.euler_gamma)
    best = math.sqrt(variance) * (
        (1 - gamma) * norm.ppf(1 - 1 / trials) + gamma * norm.ppf(1 - 1 / (trials * math.e))
    )
    below = math.sqrt(1 - skewness * sharpe + (kurtosis - 1) / 4 * sharpe**2)
    expected = norm.cdf((sharpe - best) * math.sqrt(999) / below)
    found = deflated_sharpe_ratio(
        sharpe, 1000, skewness, kurtosis, trials=trials, variance=variance
    )
    assert expected_best_sharpe(trials, variance) == pytest.approx(best, rel=1e-12)
    assert found == pytest.approx(expected, rel=1e-9)


def test_the_best_of_many_without_skill_is_as_good_as_expected() -> None:
    draws = np.random.default_rng(3).normal(0, 0.05, (4000, 200))
    assert draws.max(axis=1).mean() == pytest.approx(expected_best_sharpe(200, 0.0025), rel=0.01)


def test_a_single_trial_is_no_choice() -> None:
    alone = deflated_sharpe_ratio(0.1, 500, 0.0, 3.0, trials=1, variance=0.0)
    assert alone == probabilistic_sharpe_ratio(0.1, 500, 0.0, 3.0)


def test_a_record_as_long_as_the_minimum_is_just_enough() -> None:
    bars = minimum_track_record(0.08, -0.5, 7.0)
    assert bars is not None
    # A fraction of a bar does not exist, so the formula is asked directly.
    variance = 1 + 0.5 * 0.08 + (7.0 - 1) / 4 * 0.08**2
    assert norm.cdf(0.08 * math.sqrt((bars - 1) / variance)) == pytest.approx(0.95, rel=1e-12)
    enough = probabilistic_sharpe_ratio(0.08, math.ceil(bars), -0.5, 7.0)
    short = probabilistic_sharpe_ratio(0.08, math.floor(bars), -0.5, 7.0)
    assert enough is not None
    assert short is not None
    assert short < 0.95 <= enough


@pytest.mark.parametrize("sharpe", [0.0, -0.1, 1e-12])
def test_no_record_is_long_enough_without_a_positive_ratio(sharpe: float) -> None:
    assert minimum_track_record(sharpe, 0.0, 3.0) is None


def test_moments_that_leave_no_variance_give_no_probability() -> None:
    assert probabilistic_sharpe_ratio(1.0, 100, 2.0, 5.0) is None
    assert minimum_track_record(1.0, 2.0, 5.0) is None
    assert probabilistic_sharpe_ratio(0.1, 1, 0.0, 3.0) is None
    assert probabilistic_sharpe_ratio(1e200, 100, 0.0, 3.0) is None


@pytest.mark.parametrize(
    ("sharpe", "count", "squared"), [(0.5, 12, 0.09375), (1.0, 24, 0.0625), (2.0, 12, 0.25)]
)
def test_the_standard_error_of_normal_returns_is_lo_s(
    sharpe: float, count: int, squared: float
) -> None:
    assert sharpe_standard_error(sharpe, count) == pytest.approx(squared**0.5, rel=1e-12)


def test_a_standard_error_worked_by_hand() -> None:
    # 1 + 0.04/2 + 0.5·0.2 + (7 - 3)/4·0.04 = 1.16, over 100.
    assert sharpe_standard_error(0.2, 100, -0.5, 7.0) == pytest.approx(0.1077032961, rel=1e-9)
    assert sharpe_standard_error(0.2, 1) is None
    assert sharpe_standard_error(1.0, 100, 2.0, 5.0) is None


@pytest.mark.parametrize("samples", [4_000, pytest.param(100_000, marks=pytest.mark.soak)])
@pytest.mark.parametrize("sharpe", [0.0, 0.3])
@pytest.mark.parametrize("shape", ["normal", "crashes", "jumps"])
def test_the_standard_error_is_the_spread_of_many_estimates(
    shape: str, sharpe: float, samples: int
) -> None:
    # An exponential has skewness 2 and kurtosis 9; downside up, it crashes.
    skewness, kurtosis, count = {"normal": 0, "crashes": -2, "jumps": 2}[shape], 3.0, 1000
    kurtosis += 6 * (shape != "normal")
    draw = np.random.default_rng(17)
    estimates = []
    for _ in range(samples):
        if shape == "normal":
            noise = draw.standard_normal(count)
        else:
            noise = (draw.standard_exponential(count) - 1) * math.copysign(1, skewness)
        returns = noise + sharpe
        estimates.append(returns.mean() / returns.std(ddof=1))
    spread = np.std(estimates)
    expected = sharpe_standard_error(sharpe, count, skewness, kurtosis)
    # The sampling error of a standard deviation, four times; the formula holds to order 1/count.
    tolerance = 4 / math.sqrt(2 * samples) + 0.01
    assert expected == pytest.approx(spread, rel=tolerance)
    if shape == "crashes" and sharpe:
        normal = sharpe_standard_error(sharpe, count)
        assert normal is not None
        assert normal < 0.8 * spread


def test_backtests_without_moments_keep_their_row() -> None:
    known = {"sharpe_per_bar": 0.1, "return_count": 250, "skewness": 0.0, "kurtosis": 3.0}
    known |= {"periods_per_year": 252.0}
    rows = [
        {"backtest_id": "a", **known},
        {"backtest_id": "b", **known, "skewness": None, "kurtosis": None},
    ]
    found = judge_sharpe_ratios(pa.Table.from_pylist(rows).to_reader())
    assert found.schema == JUDGED_SCHEMA
    first, second = found.to_pylist()
    assert first["probabilistic_sharpe_ratio"] == pytest.approx(0.9423, abs=5e-5)
    assert first["min_track_record_bars"] == pytest.approx(272.9, abs=0.05)
    assert (second["probabilistic_sharpe_ratio"], second["min_track_record_bars"]) == (None, None)
    # sqrt((1 + 0.01 / 2) / 250) a bar; of a normal's shape both errors are one.
    a_year = 0.0634034699 * math.sqrt(252)
    assert first["sharpe_ratio_std_error_lo"] == pytest.approx(a_year, rel=1e-8)
    assert first["sharpe_ratio_std_error_mertens"] == pytest.approx(a_year, rel=1e-8)
    assert second["sharpe_ratio_std_error_lo"] == pytest.approx(a_year, rel=1e-8)
    assert second["sharpe_ratio_std_error_mertens"] is None


def test_no_backtests_give_no_rows() -> None:
    columns = "backtest_id periods_per_year sharpe_per_bar return_count skewness kurtosis".split()
    empty = pa.table({name: pa.array([], pa.float64()) for name in columns})
    assert judge_sharpe_ratios(empty.to_reader()).num_rows == 0
