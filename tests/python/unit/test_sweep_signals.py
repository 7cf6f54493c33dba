"""When the built-in strategies are long."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from curvehouse.sweep.indicators import moving_averages, moving_deviations, previous_extremes
from curvehouse.sweep.signals import (
    buy_and_hold,
    donchian_breakout,
    ma_crossover,
    random_flip,
    zscore_reversion,
)
from sweep_runs import made_bars


def crossover(closes: list[float], short: int, long: int) -> list[bool]:
    grid = [{"ma_short": short, "ma_long": long}]
    positions: list[bool] = ma_crossover(made_bars(closes), grid, [None])[:, 0].tolist()
    return positions


def flips(seed: int, probability: float, count: int) -> NDArray[np.bool_]:
    return random_flip(made_bars(np.ones(count)), [{"flip_probability": probability}], [seed])[:, 0]


def test_crossover_worked_by_hand() -> None:
    # SMA(2) from bar 1: 1.5 2.5 2.5 1.5 2 3.5, SMA(3) from bar 2: 2 2.33 2 2 2.67
    expected = [False, False, True, True, False, False, True]
    assert crossover([1, 2, 3, 2, 1, 3, 4], 2, 3) == expected


@pytest.mark.parametrize("price", [0.1, 1 / 3, 99.99, 1e-9, 1e12])
def test_constant_prices_are_never_above_themselves(price: float) -> None:
    closes = [price] * 5_000
    assert not any(crossover(closes, 5, 20))
    assert not any(crossover(closes, 7, 1_999))


def test_constant_after_a_large_price_is_flat() -> None:
    closes = [1e9 + 0.1] * 50 + [0.1] * 200
    assert not any(crossover(closes, 5, 20)[80:])


def test_a_small_true_difference_counts() -> None:
    closes = [4_000.0] * 300 + [4_000.01]
    assert crossover(closes, 199, 200)[-1]


def test_windows_longer_than_the_series_stay_flat() -> None:
    assert not any(crossover([1.0, 2.0, 3.0], 1, 4))
    assert not any(crossover([1.0, 2.0, 3.0], 1, 10**30))


def test_jobs_of_a_grid_do_not_touch_each_other() -> None:
    closes = np.exp(np.random.default_rng(1).normal(0, 0.02, 400).cumsum())
    grid = [{"ma_short": short, "ma_long": long} for short in (1, 5, 9) for long in (10, 50)]
    together = ma_crossover(made_bars(closes), grid, [None] * len(grid))
    for number, job in enumerate(grid):
        assert (together[:, number] == ma_crossover(made_bars(closes), [job], [None])[:, 0]).all()


def test_averages_are_exact_to_the_last_places() -> None:
    closes = 1e6 + np.random.default_rng(2).random(20_000)
    average = moving_averages(closes, {7})[7]
    expected = np.array([np.mean(closes[t - 6 : t + 1]) for t in range(6, len(closes))])
    assert np.isnan(average[:6]).all()
    np.testing.assert_allclose(average[6:], expected, rtol=1e-15)


def test_flips_come_from_the_child_of_the_seed() -> None:
    draws = np.random.default_rng(np.random.SeedSequence(5, spawn_key=(1,))).random(100)
    position, expected = False, []
    for draw in draws:
        position ^= bool(draw < 0.3)
        expected.append(position)
    assert flips(5, 0.3, 100).tolist() == expected


def test_flip_probabilities() -> None:
    assert not flips(1, 0.0, 50).any()
    assert flips(1, 1.0, 4).tolist() == [True, False, True, False]
    changes = np.diff(flips(1, 0.1, 100_000).astype(int)) != 0
    assert changes.mean() == pytest.approx(0.1, abs=0.005)


def test_seeds_differ_and_repeat() -> None:
    assert (flips(1, 0.5, 64) == flips(1, 0.5, 64)).all()
    assert (flips(1, 0.5, 64) != flips(2, 0.5, 64)).any()


def test_buy_and_hold_is_long_from_the_first_bar() -> None:
    assert (
        buy_and_hold(made_bars(np.ones(3)), [{}, {}], [None, None]).tolist() == [[True, True]] * 3
    )


def breakout(closes: list[float], entry: int, leave: int) -> list[bool]:
    grid = [{"donchian_entry": entry, "donchian_exit": leave}]
    positions: list[bool] = donchian_breakout(made_bars(closes), grid, [None])[:, 0].tolist()
    return positions


def reversion(closes: list[float], window: int, entry: float, leave: float) -> list[bool]:
    grid = [{"zscore_window": window, "zscore_entry": entry, "zscore_exit": leave}]
    positions: list[bool] = zscore_reversion(made_bars(closes), grid, [None])[:, 0].tolist()
    return positions


def test_breakout_worked_by_hand() -> None:
    # Highest of 2 before: -  -  3  3  4  5  5  4   Lowest of 1 before: the close before.
    closes: list[float] = [1, 3, 2, 4, 5, 4, 4, 6]
    assert breakout(closes, 2, 1) == [False, False, False, True, True, False, False, True]
    # Lowest of 3 before: - - - 1 2 2 4 4; at 4 it is not below, so the position stays.
    assert breakout(closes, 2, 3) == [False, False, False, True, True, True, True, True]


def test_equal_closes_break_nothing() -> None:
    assert not any(breakout([5.0] * 10, 2, 2))
    assert breakout([1, 1, 2, 2, 2, 2], 2, 2) == [False, False, True, True, True, True]


@pytest.mark.parametrize("window", [1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 17, 63])
def test_channels_hold_the_closes_before(window: int) -> None:
    closes = np.random.default_rng(3).integers(1, 50, 64).astype(float)
    highest = previous_extremes(closes, {window}, np.maximum)[window]
    for bar in range(len(closes)):
        expected = closes[bar - window : bar].max() if bar >= window else np.nan
        np.testing.assert_equal(highest[bar], expected)


def test_reversion_worked_by_hand() -> None:
    # Of the last 3: mean - - 2 2 2 4, deviation - - 1 1 1 sqrt(3), z - - 1 0 -1 ...
    # 1 2 3: z 1. 2 3 1: z -1, enters. 3 1 2: z 0, leaves. 1 2 0: z -1, enters. 2 0 1: 0, leaves.
    closes: list[float] = [1, 2, 3, 1, 2, 0, 1]
    assert reversion(closes, 3, 1.0, 0.0) == [False, False, False, True, False, True, False]
    assert reversion(closes, 3, 1.01, 0.0) == [False] * 7
    # Leaving only at z >= 1 it stays in.
    assert reversion(closes, 3, 1.0, -1.0) == [False, False, False, True, True, True, True]


def test_nothing_changes_while_there_is_no_dispersion() -> None:
    closes: list[float] = [10, 10, 7, 7, 7, 7, 9]
    # 10 10 7 enters at z -1.15; 7 7 7 has no z-score, so it is held until 7 7 9.
    assert reversion(closes, 3, 1.0, 0.0) == [False, False, True, True, True, True, False]


def test_deviations_are_those_of_numpy() -> None:
    closes = 1e6 + np.random.default_rng(2).random(2_000)
    found = moving_deviations(closes, moving_averages(closes, {7}))[7]
    expected = [np.std(closes[t - 6 : t + 1], ddof=1) for t in range(6, len(closes))]
    assert np.isnan(found[:6]).all()
    np.testing.assert_allclose(found[6:], expected, rtol=1e-9)
