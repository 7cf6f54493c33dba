"""What strategies look at, each once per distinct window.

All of them are bit for bit the same when the series is cut off at any later bar.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["latched", "moving_averages", "moving_deviations", "previous_extremes"]


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


def moving_deviations(
    closes: NDArray[np.float64], averages: dict[int, NDArray[np.float64]]
) -> dict[int, NDArray[np.float64]]:
    """Return the standard deviation (ddof 1) of each window, given its moving average.

    NaN while the window is short, and where the window is one bar. The squares are summed bar by
    bar around the window's own mean, so that rounding does not grow with the series.
    """
    deviations = {}
    for window, average in averages.items():
        deviation = np.full(len(closes), np.nan)
        if 1 < window <= len(closes):
            mean = average[window - 1 :]
            squares = np.zeros(len(mean))
            for first in range(window):
                squares += np.square(closes[first : first + len(mean)] - mean)
            deviation[window - 1 :] = np.sqrt(squares / (window - 1))
        deviations[window] = deviation
    return deviations


def previous_extremes(
    closes: NDArray[np.float64],
    windows: set[int],
    extreme: Callable[..., NDArray[np.float64]],
) -> dict[int, NDArray[np.float64]]:
    """Return the extreme of the closes of each window that ends on the bar before.

    Parameters
    ----------
    closes : array of float64, shape (n_bars,)
    windows : set of int
        Lengths in bars, at least 1.
    extreme : callable
        ``numpy.maximum`` or ``numpy.minimum``.

    Returns
    -------
    dict of int to array of float64, shape (n_bars,)
        NaN where fewer bars than the window go before.

    Examples
    --------
    >>> previous_extremes(np.array([3.0, 1.0, 2.0, 5.0]), {2}, np.maximum)[2].tolist()
    [nan, nan, 3.0, 2.0]
    """
    extremes = {}
    for window in windows:
        found = np.full(len(closes), np.nan)
        if window < len(closes):
            # The extreme of `reach` bars, doubled until two of them cover the window.
            current, reach = closes, 1
            while reach * 2 <= window:
                current, reach = extreme(current[:-reach], current[reach:]), reach * 2
            rest = window - reach
            whole = extreme(current[: len(current) - rest], current[rest:])
            found[window:] = whole[:-1]
        extremes[window] = found
    return extremes


def latched(entries: NDArray[np.bool_], exits: NDArray[np.bool_], held: NDArray[np.bool_]) -> None:
    """Write into ``held`` the state from each entry to the next exit; flat at the start.

    Examples
    --------
    >>> held = np.empty(5, dtype=np.bool_)
    >>> entries = np.array([False, True, False, False, True])
    >>> latched(entries, np.array([False, False, False, True, False]), held)
    >>> held.tolist()
    [False, True, True, False, True]
    """
    bars = np.arange(1, len(held) + 1, dtype=np.int64) * 2
    events = np.where(entries | exits, bars + entries, 0)
    np.bitwise_and(np.maximum.accumulate(events), 1, out=events)
    held[:] = events
