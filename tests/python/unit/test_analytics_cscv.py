"""The probability of overfitting against every split done one by one, day by day."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from curvehouse.analytics.cscv import distinct_curves, overfitting_probability

Floats = NDArray[np.float64]


def plainly(returns: Floats, blocks: int) -> float:
    """Return the same probability with no sums of blocks, no mirrored splits and no arrays."""
    curves = returns.T.tolist()
    parts = np.array_split(np.arange(len(returns)), blocks)
    overfitted, splits = 0, 0
    for chosen in combinations(range(blocks), blocks // 2):
        first = [day for block in chosen for day in parts[block]]
        second = [day for block in range(blocks) if block not in chosen for day in parts[block]]
        inside = [sharpe([curve[day] for day in first]) for curve in curves]
        outside = [sharpe([curve[day] for day in second]) for curve in curves]
        best = inside.index(max(inside))
        lower = sum(value < outside[best] for value in outside)
        equal = sum(value == outside[best] for value in outside)
        rank = lower + (1 + equal) / 2
        overfitted += rank / (len(curves) + 1) <= 0.5
        splits += 1
    return overfitted / splits


def sharpe(values: list[float]) -> float:
    mean = sum(values) / len(values)
    variance = sum((value - mean) ** 2 for value in values) / len(values)
    return round(mean / variance**0.5, 10) if variance > 0 else 0.0


@pytest.mark.parametrize(("days", "curves", "blocks"), [(83, 11, 6), (64, 10, 8), (61, 17, 4)])
def test_every_split_one_by_one_gives_the_same(days: int, curves: int, blocks: int) -> None:
    returns = np.random.default_rng(days).normal(0.0003, 0.01, (days, curves))
    returns += np.random.default_rng(1).normal(0, 0.01, (days, 1))
    returns[:, 3] = returns[:, 2] * 2  # the same ratio: a tie
    returns[: days // 2, 5] = 0  # does not move on some halves
    found = overfitting_probability(returns, blocks)
    assert found == plainly(returns, blocks)
    assert found > 0


def test_many_curves_are_done_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    returns = np.random.default_rng(8).normal(0, 0.01, (160, 40))
    whole = overfitting_probability(returns)
    monkeypatch.setattr("curvehouse.analytics.cscv._CHUNK", 4_000)
    assert overfitting_probability(returns) == whole


def test_noise_is_overfitted_half_the_time_and_skill_never() -> None:
    draw = np.random.default_rng(4)
    noise = [overfitting_probability(draw.normal(0, 0.01, (400, 30)), 8) for _ in range(60)]
    assert np.mean(noise) == pytest.approx(0.5, abs=0.06)
    skilled = draw.normal(0, 0.01, (400, 30)) + np.linspace(0, 0.02, 30)
    assert overfitting_probability(skilled, 8) == 0


def test_neither_scale_nor_order_of_curves_matters() -> None:
    returns = np.random.default_rng(2).normal(0.0002, 0.01, (200, 25))
    found = overfitting_probability(returns, 8)
    assert overfitting_probability(returns[:, ::-1] * 0.125, 8) == found


def test_a_tie_stands_in_the_middle_of_its_ranks() -> None:
    first = [[0.04, 0.01], [0.03, 0.01], [0.01, 0.03], [-0.01, 0.02]]
    second = [[0.01, 0.03], [0.02, 0.06], [0.03, 0.09], [0.04, 0.12]]
    first[0] = [0.05, 0.04]
    returns = np.array([[*one, *other] for one, other in zip(first, second, strict=True)]).T
    # Chosen on the first half, the best ties with all on the second: (1 + 4) / 2 of 5 is a half.
    # Chosen on the second, the first of the tied is the best of four on the first half.
    assert overfitting_probability(returns, 2) == 0.5


def test_copies_are_found_whatever_the_sign_of_their_zeros() -> None:
    curve = np.random.default_rng(5).normal(0, 0.01, 50)
    curve[7] = 0.0
    other = curve.copy()
    other[7] = -0.0
    returns = np.column_stack([curve, curve * 1.1, other, curve + 1e-14, curve + 1e-7])
    assert distinct_curves(returns).tolist() == [0, 1, 4]
