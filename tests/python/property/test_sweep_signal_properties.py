"""Strategies decide from the past alone, and whatever the unit of prices."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from curvehouse.sweep.strategies import STRATEGIES, Parameters

CROSSOVER = STRATEGIES["ma_crossover"].positions

GRIDS: dict[str, tuple[list[Parameters], list[int | None]]] = {
    "ma_crossover": (
        [{"ma_short": short, "ma_long": long} for short in (1, 3, 8) for long in (9, 20)],
        [None] * 6,
    ),
    "random_flip": ([{"flip_probability": p} for p in (0.1, 0.5, 1.0)], [1, 2, 1]),
    "buy_and_hold": ([{}, {}], [None, None]),
}

# Few distinct prices, so that equal averages are frequent.
cents = st.lists(st.integers(1, 12), min_size=2, max_size=80)


def random_walk(seed: int, count: int) -> NDArray[np.float64]:
    walk: NDArray[np.float64] = 100 * np.exp(
        np.random.default_rng(seed).normal(0, 0.02, count).cumsum()
    )
    return walk


def test_every_strategy_is_held_to_these_rules() -> None:
    assert GRIDS.keys() == STRATEGIES.keys()


@pytest.mark.parametrize("name", GRIDS)
@settings(max_examples=30)
@given(seed=st.integers(0, 2**32), cut=st.integers(1, 300))
def test_the_past_does_not_change(name: str, seed: int, cut: int) -> None:
    grid, seeds = GRIDS[name]
    closes = random_walk(seed, 300)
    positions = STRATEGIES[name].positions
    whole = positions(closes, grid, seeds)
    assert (positions(closes[:cut], grid, seeds) == whole[:cut]).all()


@given(cents, st.integers(1, 6), st.integers(1, 6))
def test_crossover_is_exact_where_averages_tie(prices: list[int], short: int, more: int) -> None:
    long = short + more
    closes = np.array(prices) / 100
    got = CROSSOVER(closes, [{"ma_short": short, "ma_long": long}], [None])[:, 0].tolist()
    expected = [
        end >= long
        and Fraction(sum(prices[end - short : end]), short)
        > Fraction(sum(prices[end - long : end]), long)
        for end in range(1, len(prices) + 1)
    ]
    assert got == expected


@given(cents, st.floats(1e-6, 1e6))
def test_crossover_does_not_hang_on_the_unit(prices: list[int], scale: float) -> None:
    grid, seeds = GRIDS["ma_crossover"]
    closes = np.array(prices) / 100
    assert (CROSSOVER(closes, grid, seeds) == CROSSOVER(closes * scale, grid, seeds)).all()
