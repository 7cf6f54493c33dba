"""Figures of trailing windows equal those of each window alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from curvehouse.analytics.segments import Segments
from curvehouse.analytics.trailing_windows import TrailingWindows, trailing_slope

Floats = NDArray[np.float64]

COUNTS = st.lists(st.integers(0, 40), min_size=1, max_size=6)


def each_window(
    figure: Callable[..., float], series: Segments, length: int, *values: Floats
) -> Floats:
    found = np.full(len(values[0]), np.nan)
    for start, end in zip(series.starts, series.ends, strict=True):
        for last in range(start + length, end + 1):
            found[last - 1] = figure(*(value[last - length : last] for value in values))
    return found


def drawn(series: Segments, seed: int, *, has_outlier: bool = False) -> tuple[Floats, Floats]:
    draw = np.random.default_rng(seed)
    left, right = draw.normal(0, 0.01, (2, int(series.counts.sum())))
    if has_outlier and len(left):
        left[draw.integers(len(left))] = 1e6
    return left, right + 0.3 * left


def slope(values: Floats) -> float:
    return float(np.polyfit(np.arange(len(values)), values, 1)[0])


@given(COUNTS, st.integers(2, 45), st.integers(0, 10**6), st.booleans())
def test_figures_are_those_of_each_window_alone(
    counts: list[int], length: int, seed: int, has_outlier: bool
) -> None:
    series = Segments(np.array(counts))
    left, right = drawn(series, seed, has_outlier=has_outlier)
    windows = TrailingWindows(series, length)
    cases = [
        (windows.mean(left), each_window(np.mean, series, length, left)),
        (windows.max(left), each_window(np.max, series, length, left)),
        (
            windows.stddev(left),
            each_window(lambda part: float(np.std(part, ddof=1)), series, length, left),
        ),
        (
            windows.covariance(left, right),
            each_window(lambda *pair: float(np.cov(*pair)[0, 1]), series, length, left, right),
        ),
        (trailing_slope(right, series, length), each_window(slope, series, length, right)),
    ]
    for ours, wanted in cases:
        known = ~np.isnan(wanted)
        assert (np.isnan(ours) == ~known).all()
        scale = max(float(np.abs(left).max(initial=0.0)), float(np.abs(right).max(initial=0.0)))
        assert ours[known] == pytest.approx(wanted[known], rel=1e-10, abs=1e-13 * scale)


def test_a_huge_value_leaves_no_trace_in_later_windows() -> None:
    series = Segments(np.array([100]))
    left, _ = drawn(series, 3)
    windows = TrailingWindows(series, 14)
    plain = windows.stddev(left)
    left[20] = 1e9
    # Fourteen bars later all is as if it had not been.
    assert (windows.stddev(left)[34:] == plain[34:]).all()


@given(COUNTS, st.integers(2, 30), st.integers(0, 10**6), st.integers(1, 40))
def test_nothing_looks_ahead(counts: list[int], length: int, seed: int, cut: int) -> None:
    series = Segments(np.array(counts))
    kept = series.positions < cut
    left, right = drawn(series, seed)
    whole, part = TrailingWindows(series, length), TrailingWindows(series.where(kept), length)
    pairs = (
        (whole.covariance(left, right), part.covariance(left[kept], right[kept])),
        (whole.mean(left), part.mean(left[kept])),
        (whole.max(left), part.max(left[kept])),
    )
    for all_of_it, before_the_cut in pairs:
        np.testing.assert_array_equal(all_of_it[kept], before_the_cut)


def test_a_constant_has_no_dispersion_at_all() -> None:
    series = Segments(np.array([50, 7]))
    values = np.full(57, 0.1)
    deviation = TrailingWindows(series, 5).stddev(values)
    assert np.unique(deviation[~np.isnan(deviation)]).tolist() == [0.0]
