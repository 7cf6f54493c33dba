"""Histories that seeds draw from the bars."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from curvehouse.analytics.bootstrap import stationary_indices
from curvehouse.errors import InvalidInputError
from curvehouse.sweep import blocks
from curvehouse.sweep.bars import Bars
from curvehouse.sweep.resampling import plan_resampling, resampled_bars
from sweep_runs import jobs_of, made_bars, manifest_of, sweep, tree, write_bars

Floats = NDArray[np.float64]


def whole_bars(symbol: str, seed: int, first: int = 0, count: int = 200) -> Bars:
    """Bars with four prices, from day ``first`` on."""
    draw = np.random.default_rng(seed)
    closes = 50 * np.exp(draw.normal(0, 0.02, count).cumsum())
    opens = closes * np.exp(draw.normal(0, 0.005, count))
    highs = np.maximum(opens, closes) * (1 + draw.uniform(0, 0.01, count))
    lows = np.minimum(opens, closes) * (1 - draw.uniform(0, 0.01, count))
    days = np.datetime64("2020-01-01", "us") + (first + np.arange(count)) * np.timedelta64(1, "D")
    return Bars(symbol=symbol, times=days, closes=closes, opens=opens, highs=highs, lows=lows)


def drawn_bars(original: Bars, drawn: Bars) -> NDArray[np.int64]:
    """Return which bar of the original each one was drawn from, by its growth."""
    growth = original.closes[1:] / original.closes[:-1]
    found = drawn.closes[1:] / drawn.closes[:-1]
    nearest: NDArray[np.int64] = np.abs(found[:, None] - growth[None, :]).argmin(axis=1)
    np.testing.assert_allclose(found, growth[nearest], rtol=1e-12)
    return nearest + 1


def test_three_bars_worked_by_hand() -> None:
    bars = made_bars([10.0, 20.0, 5.0])
    resampling = plan_resampling({"A": bars}, 2.0)["A"]
    # Common bars are 1 (times 2) and 2 (times 1/4).
    seen = {tuple(resampled_bars(bars, resampling, seed).closes.tolist()) for seed in range(200)}
    assert seen == {(10, 20, 40), (10, 20, 5), (10, 2.5, 5), (10, 2.5, 0.625)}


def test_times_and_the_first_bar_stay() -> None:
    bars = whole_bars("A", 1)
    drawn = resampled_bars(bars, plan_resampling({"A": bars}, 20.0)["A"], 5)
    assert (drawn.times == bars.times).all()
    for name, prices in (bars.other_prices | {"closes": bars.closes}).items():
        assert getattr(drawn, name)[0] == prices[0]
    assert (drawn.closes[1:] != bars.closes[1:]).any()


def test_bars_are_drawn_whole() -> None:
    bars = whole_bars("A", 2)
    drawn = resampled_bars(bars, plan_resampling({"A": bars}, 20.0)["A"], 5)
    source = drawn_bars(bars, drawn)
    for name, prices in bars.other_prices.items():
        expected = prices[source] / bars.closes[source - 1]
        np.testing.assert_allclose(getattr(drawn, name)[1:] / drawn.closes[:-1], expected)
    assert drawn.highs is not None
    assert drawn.lows is not None
    assert (drawn.highs >= drawn.closes * (1 - 1e-12)).all()
    assert (drawn.lows <= drawn.closes * (1 + 1e-12)).all()


def test_the_series_is_the_bootstraps_own() -> None:
    bars = whole_bars("A", 3)
    drawn = resampled_bars(bars, plan_resampling({"A": bars}, 7.0)["A"], 5)
    generator = np.random.default_rng(np.random.SeedSequence(5, spawn_key=(0,)))
    (series,) = stationary_indices(199, 1, 7.0, generator, count=200)
    assert (drawn_bars(bars, drawn) == series[1:] + 1).all()


def test_all_symbols_draw_the_same_day() -> None:
    bars = {"A": whole_bars("A", 1, 0, 200), "B": whole_bars("B", 2, 60, 180)}
    plans = plan_resampling(bars, 10.0)
    sources = {
        symbol: dict(
            zip(
                series.times[1:].tolist(),
                series.times[drawn_bars(series, resampled_bars(series, plans[symbol], 9))].tolist(),
                strict=True,
            )
        )
        for symbol, series in bars.items()
    }
    common = sources["A"].keys() & sources["B"].keys()
    assert len(common) == 139
    assert all(sources["A"][day] == sources["B"][day] for day in common)
    # What was drawn is of the days that both have.
    assert set(sources["A"].values()) <= set(bars["B"].times[1:].tolist())


def test_blocks_have_the_mean_length_and_wrap_round() -> None:
    bars = whole_bars("A", 4, count=2_000)
    drawn = resampled_bars(bars, plan_resampling({"A": bars}, 25.0)["A"], 5)
    source = drawn_bars(bars, drawn)
    follows = (np.diff(source) == 1) | (np.diff(source) == 1 - 1_999)
    assert follows.mean() == pytest.approx(1 - 1 / 25, abs=0.015)
    many = [
        drawn_bars(bars, resampled_bars(bars, plan_resampling({"A": bars}, 500.0)["A"], seed))
        for seed in range(12)
    ]
    assert any((np.diff(each) == 1 - 1_999).any() for each in many)


@settings(max_examples=20)
@given(st.integers(0, 2**63 - 1), st.floats(1, 1e6))
def test_a_seed_is_a_history(seed: int, mean_block_bars: float) -> None:
    bars = whole_bars("A", 1, count=40)
    resampling = plan_resampling({"A": bars}, mean_block_bars)["A"]
    first, again = (resampled_bars(bars, resampling, seed) for _ in range(2))
    assert (first.closes == again.closes).all()
    assert (first.closes > 0).all()


def test_symbols_that_never_met() -> None:
    bars = {"A": whole_bars("A", 1, 0, 50), "B": whole_bars("B", 2, 60, 50)}
    with pytest.raises(InvalidInputError, match="A, B have fewer than 2 bars in common"):
        plan_resampling(bars, 20.0)


def test_a_sweep_over_histories(tmp_path: Path) -> None:
    bars_file = write_bars(tmp_path)
    outcome = sweep(bars_file, tmp_path, resample="stationary_bootstrap", mean_block_bars=10)
    jobs = jobs_of(outcome)
    # Seeds multiply every strategy, and a seed's jobs stand together.
    assert len(jobs) == 3 * 2 * (4 + 1 + 1)
    assert [job["seed"] for job in jobs[:12]] == [1] * 4 + [2] * 4 + [3] * 4
    manifest = manifest_of(outcome)
    assert (manifest["resample"], manifest["mean_block_bars"]) == ("stationary_bootstrap", 10)

    def curve(strategy: str, symbol: str, seed: int) -> Floats:
        (path,) = (
            outcome.run_folder / strategy / f"{job['param_hash']}_equity.csv"
            for job in jobs
            if (job["strategy"], job["symbol"], job["seed"]) == (strategy, symbol, seed)
        )
        lines = path.read_text().splitlines()[1:]
        return np.array([float(line.split(",")[1]) for line in lines])

    held = {seed: curve("buy_and_hold", "AAA", seed) for seed in (1, 2, 3)}
    assert len({values.tobytes() for values in held.values()}) == 3
    # random_flip meets the same history: while it is long it moves as buy_and_hold does.
    flips = curve("random_flip", "AAA", 2)
    moves, market = flips[1:] / flips[:-1], held[2][1:] / held[2][:-1]
    moved = np.isclose(moves, market, rtol=1e-12)
    assert 0 < moved.sum() < len(moved)


def test_a_resampled_sweep_is_the_same_in_any_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bars_file = write_bars(tmp_path)
    first = sweep(bars_file, tmp_path / "one", resample="stationary_bootstrap")
    monkeypatch.setattr(blocks, "_BLOCK_VALUES", 300)
    second = sweep(bars_file, tmp_path / "two", resample="stationary_bootstrap")
    assert tree(first.run_folder) == tree(second.run_folder)
