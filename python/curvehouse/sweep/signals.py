"""When the built-in strategies are long, for a whole grid of parameters at once.

Each function takes closes of shape (n_bars,), one set of parameters and one seed per job, and
returns booleans of shape (n_bars, n_jobs). Row t depends on closes up to t only, bit for bit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["buy_and_hold", "ma_crossover", "moving_averages", "random_flip"]

# Averages that differ by less are equal: rounding is some 1e-15, the smallest true difference
# between averages of quoted prices some 1e-11.
_TIE = 1e-12

_WINDOWS = ("ma_short", "ma_long")

# The child of a job's seed from which its strategy draws.
_STRATEGY_DRAWS = (1,)


def ma_crossover(
    closes: NDArray[np.float64],
    grid: Sequence[Mapping[str, Any]],
    seeds: Sequence[int | None],  # noqa: ARG001
) -> NDArray[np.bool_]:
    """Be long while SMA(``ma_short``) > SMA(``ma_long``), both defined; else flat.

    Examples
    --------
    >>> prices = np.array([1.0, 2.0, 3.0, 1.0, 1.0])
    >>> ma_crossover(prices, [{"ma_short": 1, "ma_long": 2}], [None])[:, 0].tolist()
    [False, True, True, False, False]
    """
    averages = moving_averages(closes, {job[name] for job in grid for name in _WINDOWS})
    thresholds = {
        window: averages[window] * (1 + _TIE) for window in {job["ma_long"] for job in grid}
    }
    held = np.empty((len(grid), len(closes)), dtype=np.bool_)
    for row, job in zip(held, grid, strict=True):
        np.greater(averages[job["ma_short"]], thresholds[job["ma_long"]], out=row)
    return held.T


def random_flip(
    closes: NDArray[np.float64],
    grid: Sequence[Mapping[str, Any]],
    seeds: Sequence[int | None],
) -> NDArray[np.bool_]:
    """Start flat; at each bar change the position with probability ``flip_probability``."""
    draws = {seed: _draws(seed, len(closes)) for seed in set(seeds)}
    held = np.empty((len(grid), len(closes)), dtype=np.bool_)
    for row, job, seed in zip(held, grid, seeds, strict=True):
        np.logical_xor.accumulate(draws[seed] < job["flip_probability"], out=row)
    return held.T


def buy_and_hold(
    closes: NDArray[np.float64],
    grid: Sequence[Mapping[str, Any]],
    seeds: Sequence[int | None],  # noqa: ARG001
) -> NDArray[np.bool_]:
    """Be long from the first bar on."""
    return np.ones((len(closes), len(grid)), dtype=np.bool_)


def moving_averages(
    closes: NDArray[np.float64], windows: set[int]
) -> dict[int, NDArray[np.float64]]:
    """Return the simple moving average for each window, NaN while it is short.

    Parameters
    ----------
    closes : array of float64, shape (n_bars,)
    windows : set of int
        Lengths in bars, at least 1; longer than the series gives all NaN.

    Returns
    -------
    dict of int to array of float64, shape (n_bars,)

    Notes
    -----
    A window's sum is the difference of two running totals. Running totals round, and the longer
    the series the more, so each step's rounding error is kept and summed beside them (Neumaier's
    summation); the averages come out within a few units in the last place.
    """
    totals, errors = _running_totals(closes)
    averages = {}
    for window in windows:
        average = np.full(len(closes), np.nan)
        if window <= len(closes):
            sums = (totals[window:] - totals[:-window]) + (errors[window:] - errors[:-window])
            average[window - 1 :] = sums / window
        averages[window] = average
    return averages


def _running_totals(
    closes: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    totals = np.concatenate(([0.0], np.cumsum(closes)))
    before, after = totals[:-1], totals[1:]
    added = after - before
    lost = (before - (after - added)) + (closes - added)
    return totals, np.concatenate(([0.0], np.cumsum(lost)))


def _draws(seed: int | None, count: int) -> NDArray[np.float64]:
    sequence = np.random.SeedSequence(entropy=seed, spawn_key=_STRATEGY_DRAWS)
    return np.random.default_rng(sequence).random(count)
