"""Strategies decide from the past alone, and whatever the unit of prices."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from curvehouse.sweep.registry import find_strategy, strategy_names
from curvehouse.sweep.strategies import Parameters
from sweep_runs import made_bars

CROSSOVER = find_strategy("ma_crossover").positions
REVERSION = find_strategy("zscore_reversion").positions

GRIDS: dict[str, tuple[list[Parameters], list[int | None]]] = {
    "ma_crossover": (
        [{"ma_short": short, "ma_long": long} for short in (1, 3, 8) for long in (9, 20)],
        [None] * 6,
    ),
    "random_flip": ([{"flip_probability": p} for p in (0.1, 0.5, 1.0)], [1, 2, 1]),
    "buy_and_hold": ([{}, {}], [None, None]),
    "donchian_breakout": (
        [{"donchian_entry": e, "donchian_exit": x} for e in (1, 5, 20) for x in (1, 4, 30)],
        [None] * 9,
    ),
    "zscore_reversion": (
        [
            {"zscore_window": window, "zscore_entry": entry, "zscore_exit": 0.0}
            for window in (2, 7, 40)
            for entry in (0.5, 1.0, 2.0)
        ],
        [None] * 9,
    ),
}

# Few distinct prices, so that equal averages are frequent.
cents = st.lists(st.integers(1, 12), min_size=2, max_size=80)


def random_walk(seed: int, count: int) -> NDArray[np.float64]:
    walk: NDArray[np.float64] = 100 * np.exp(
        np.random.default_rng(seed).normal(0, 0.02, count).cumsum()
    )
    return walk


def test_every_strategy_is_held_to_these_rules() -> None:
    assert sorted(GRIDS) == strategy_names()


@pytest.mark.parametrize("name", GRIDS)
@settings(max_examples=30)
@given(seed=st.integers(0, 2**32), cut=st.integers(1, 300))
def test_the_past_does_not_change(name: str, seed: int, cut: int) -> None:
    grid, seeds = GRIDS[name]
    closes = random_walk(seed, 300)
    positions = find_strategy(name).positions
    whole = positions(made_bars(closes), grid, seeds)
    assert (positions(made_bars(closes[:cut]), grid, seeds) == whole[:cut]).all()


@given(cents, st.integers(1, 6), st.integers(1, 6))
def test_crossover_is_exact_where_averages_tie(prices: list[int], short: int, more: int) -> None:
    long = short + more
    closes = np.array(prices) / 100
    got = CROSSOVER(made_bars(closes), [{"ma_short": short, "ma_long": long}], [None])[
        :, 0
    ].tolist()
    expected = [
        end >= long
        and Fraction(sum(prices[end - short : end]), short)
        > Fraction(sum(prices[end - long : end]), long)
        for end in range(1, len(prices) + 1)
    ]
    assert got == expected


@pytest.mark.parametrize("name", GRIDS)
@given(prices=cents, scale=st.floats(1e-6, 1e6))
def test_the_unit_of_prices_does_not_matter(name: str, prices: list[int], scale: float) -> None:
    grid, seeds = GRIDS[name]
    closes = np.array(prices) / 100
    positions = find_strategy(name).positions
    scaled = positions(made_bars(closes * scale), grid, seeds)
    assert (positions(made_bars(closes), grid, seeds) == scaled).all()


@pytest.mark.parametrize("name", GRIDS)
@settings(max_examples=20)
@given(seed=st.integers(0, 2**32))
def test_jobs_do_not_touch_each_other(name: str, seed: int) -> None:
    grid, seeds = GRIDS[name]
    bars = made_bars(random_walk(seed, 120))
    positions = find_strategy(name).positions
    together = positions(bars, grid, seeds)
    for number in range(len(grid)):
        alone = positions(bars, grid[number : number + 1], seeds[number : number + 1])
        assert (together[:, [number]] == alone).all()


@given(cents, st.integers(2, 6), st.sampled_from([0.5, 1.0, 1.5]), st.sampled_from([-1.0, 0.0]))
def test_reversion_is_exact_at_its_thresholds(
    prices: list[int], window: int, entry: float, leave: float
) -> None:
    grid = [{"zscore_window": window, "zscore_entry": entry, "zscore_exit": leave}]
    got = REVERSION(made_bars(np.array(prices) / 100), grid, [None])[:, 0].tolist()
    held, expected = False, []
    for end in range(1, len(prices) + 1):
        last = [Fraction(price) for price in prices[max(0, end - window) : end]]
        mean = sum(last, Fraction()) / len(last)
        variance = sum(((price - mean) ** 2 for price in last), Fraction()) / max(1, len(last) - 1)
        if end >= window and variance:
            distance = last[-1] - mean
            if _signed_square(distance) <= -_signed_square(Fraction(entry)) * variance:
                held = True
            elif _signed_square(distance) >= -_signed_square(Fraction(leave)) * variance:
                held = False
        expected.append(held)
    assert got == expected


def _signed_square(number: Fraction) -> Fraction:
    return number * abs(number)
