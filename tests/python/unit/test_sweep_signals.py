"""When the built-in strategies are long."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from curvehouse.sweep.signals import buy_and_hold, ma_crossover, moving_averages, random_flip


def crossover(closes: list[float], short: int, long: int) -> list[bool]:
    grid = [{"ma_short": short, "ma_long": long}]
    positions: list[bool] = ma_crossover(np.array(closes), grid, [None])[:, 0].tolist()
    return positions


def flips(seed: int, probability: float, count: int) -> NDArray[np.bool_]:
    return random_flip(np.ones(count), [{"flip_probability": probability}], [seed])[:, 0]


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
    together = ma_crossover(closes, grid, [None] * len(grid))
    for number, job in enumerate(grid):
        assert (together[:, number] == ma_crossover(closes, [job], [None])[:, 0]).all()


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
    assert buy_and_hold(np.ones(3), [{}, {}], [None, None]).tolist() == [[True, True]] * 3
