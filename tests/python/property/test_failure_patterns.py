"""A pattern that is there is found, and where there is none it is said so."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pytest

from curvehouse.analytics.failures import find_failure_clusters
from failure_trades import blob, moving_averages, noise, planted, stream

Make = Callable[[int], pa.Table]
WITHOUT_A_PATTERN = (noise, blob, moving_averages)


def statuses(table: pa.Table, draws: int) -> set[str]:
    found = find_failure_clusters(stream(table), null_draws=draws, strategy_min_losses=10**9)
    return set(found.column("status").to_pylist())


def check_planted(table: pa.Table, draws: int) -> None:
    rows = find_failure_clusters(
        stream(table), null_draws=draws, strategy_min_losses=10**9
    ).to_pylist()
    assert {row["status"] for row in rows} == {"ok"}
    best = max(rows, key=lambda row: row["lift_at_entry"])
    assert best["lift"] > 3
    assert best["lift_at_entry_lower"] > 2
    assert best["lift_at_entry_p_adjusted"] < 0.001
    # Where it was planted: at twenty minutes and a volatility of 50 % a year.
    assert best["centroid_hold_minutes"] == pytest.approx(20, rel=0.15)
    assert best["centroid_entry_vol"] == pytest.approx(0.5, rel=0.1)
    assert best["winner_share"] < 0.1


@pytest.mark.parametrize("seed", range(3))
def test_a_planted_pattern_is_found(seed: int) -> None:
    check_planted(planted(seed), draws=19)


@pytest.mark.parametrize("make", WITHOUT_A_PATTERN)
def test_nothing_is_found_where_nothing_is(make: Make) -> None:
    found = [statuses(make(seed), draws=19) for seed in range(20)]
    assert found.count({"no_pattern"}) >= 19


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
def test_planted_patterns_are_found_in_the_long_form(seed: int) -> None:
    check_planted(planted(100 + seed, count=4000), draws=99)


@pytest.mark.soak
@pytest.mark.parametrize("make", WITHOUT_A_PATTERN)
@pytest.mark.parametrize("first", [100, 200, 300])
def test_nothing_is_found_where_nothing_is_in_the_long_form(make: Make, first: int) -> None:
    found = [statuses(make(first + seed), draws=99) for seed in range(20)]
    assert found.count({"no_pattern"}) >= 19
