"""When the built-in strategies are long, for a whole grid of parameters at once.

Each function takes the bars of one symbol, one set of parameters and one seed per job, and returns
booleans of shape (n_bars, n_jobs). Row t depends on bars up to t only, bit for bit. They look at
closes alone, so that they mean the same on a file of closes and on one of whole bars.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from curvehouse.sweep.indicators import (
    latched,
    moving_averages,
    moving_deviations,
    previous_extremes,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from curvehouse.sweep.bars import Bars

__all__ = [
    "buy_and_hold",
    "donchian_breakout",
    "ma_crossover",
    "random_flip",
    "zscore_reversion",
]

# Averages that differ by less are equal: rounding is some 1e-15, the smallest true difference
# between averages of quoted prices some 1e-11.
_TIE = 1e-12

_WINDOWS = ("ma_short", "ma_long")

# A standard deviation below this times the mean is none; DESIGN section 4.
_NO_DISPERSION = 1e-12

# The child of a job's seed from which its strategy draws.
_STRATEGY_DRAWS = (1,)


def ma_crossover(
    bars: Bars,
    grid: Sequence[Mapping[str, Any]],
    seeds: Sequence[int | None],  # noqa: ARG001
) -> NDArray[np.bool_]:
    """Be long while SMA(``ma_short``) > SMA(``ma_long``), both defined; else flat.

    Examples
    --------
    >>> from curvehouse.sweep import Bars
    >>> days = np.arange("2020-01-01", "2020-01-06", dtype="datetime64[D]")
    >>> bars = Bars(symbol="A", times=days, closes=np.array([1.0, 2.0, 3.0, 1.0, 1.0]))
    >>> ma_crossover(bars, [{"ma_short": 1, "ma_long": 2}], [None])[:, 0].tolist()
    [False, True, True, False, False]
    """
    closes = bars.closes
    averages = moving_averages(closes, {job[name] for job in grid for name in _WINDOWS})
    thresholds = {
        window: averages[window] * (1 + _TIE) for window in {job["ma_long"] for job in grid}
    }
    held = np.empty((len(grid), len(closes)), dtype=np.bool_)
    for row, job in zip(held, grid, strict=True):
        np.greater(averages[job["ma_short"]], thresholds[job["ma_long"]], out=row)
    return held.T


def random_flip(
    bars: Bars,
    grid: Sequence[Mapping[str, Any]],
    seeds: Sequence[int | None],
) -> NDArray[np.bool_]:
    """Start flat; at each bar change the position with probability ``flip_probability``."""
    draws = {seed: _draws(seed, len(bars)) for seed in set(seeds)}
    held = np.empty((len(grid), len(bars)), dtype=np.bool_)
    for row, job, seed in zip(held, grid, seeds, strict=True):
        np.logical_xor.accumulate(draws[seed] < job["flip_probability"], out=row)
    return held.T


def buy_and_hold(
    bars: Bars,
    grid: Sequence[Mapping[str, Any]],
    seeds: Sequence[int | None],  # noqa: ARG001
) -> NDArray[np.bool_]:
    """Be long from the first bar on."""
    return np.ones((len(bars), len(grid)), dtype=np.bool_)


def donchian_breakout(
    bars: Bars,
    grid: Sequence[Mapping[str, Any]],
    seeds: Sequence[int | None],  # noqa: ARG001
) -> NDArray[np.bool_]:
    """Be long from a close above the channel of closes before it, until one below that for exits.

    Long from a close above the highest of the ``donchian_entry`` closes before it, until one below
    the lowest of the ``donchian_exit`` closes before it. Neither happens while fewer closes go
    before.
    """
    closes = bars.closes
    highest = previous_extremes(closes, {job["donchian_entry"] for job in grid}, np.maximum)
    lowest = previous_extremes(closes, {job["donchian_exit"] for job in grid}, np.minimum)
    entries = {window: closes > channel for window, channel in highest.items()}
    exits = {window: closes < channel for window, channel in lowest.items()}
    held = np.empty((len(grid), len(closes)), dtype=np.bool_)
    for row, job in zip(held, grid, strict=True):
        latched(entries[job["donchian_entry"]], exits[job["donchian_exit"]], row)
    return held.T


def zscore_reversion(
    bars: Bars,
    grid: Sequence[Mapping[str, Any]],
    seeds: Sequence[int | None],  # noqa: ARG001
) -> NDArray[np.bool_]:
    """Be long from a z-score of at most -``zscore_entry`` until one of at least -``zscore_exit``.

    The z-score is the close less the mean of the last ``zscore_window`` closes, its own among
    them, over their standard deviation (ddof 1). Nothing changes while it is not defined: on fewer
    bars, and where those closes do not differ.
    """
    closes = bars.closes
    averages = moving_averages(closes, {job["zscore_window"] for job in grid})
    deviations = moving_deviations(closes, averages)
    held = np.empty((len(grid), len(closes)), dtype=np.bool_)
    for row, job in zip(held, grid, strict=True):
        average, deviation = averages[job["zscore_window"]], deviations[job["zscore_window"]]
        is_defined = deviation > average * _NO_DISPERSION
        # Where a z-score is just at the threshold it counts as there, however it was rounded.
        tie = average * _TIE
        above_entry = closes - average + job["zscore_entry"] * deviation
        above_exit = closes - average + job["zscore_exit"] * deviation
        latched(is_defined & (above_entry <= tie), is_defined & (above_exit >= -tie), row)
    return held.T


def _draws(seed: int | None, count: int) -> NDArray[np.float64]:
    sequence = np.random.SeedSequence(entropy=seed, spawn_key=_STRATEGY_DRAWS)
    return np.random.default_rng(sequence).random(count)
