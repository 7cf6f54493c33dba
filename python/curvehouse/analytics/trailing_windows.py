"""Figures of the last so many values of many series, without looking at what is outside."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from curvehouse.analytics.segments import Segments

__all__ = ["TrailingWindows", "trailing_slope"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class TrailingWindows:
    """Windows of equal length that end at each value of series which lie end to end.

    Attributes
    ----------
    series : Segments
        Where each series begins and ends.
    length : int
        Values in a window; one that would begin before its series gives NaN.

    Notes
    -----
    Each series is cut into blocks as long as a window, from its first value on. A window then is
    the end of one block and the beginning of the next, both of which are running figures of their
    block: no value enters a figure and is taken out again, as from a running sum of the series,
    where one huge value would leave its rounding in all later windows. Nor does a figure depend on
    later values.

    References
    ----------
    van Herk (1992), "A fast algorithm for local minimum and maximum filters on rectangular and
    octagonal kernels", Pattern Recognition Letters 13, for the blocks; Chan, Golub and LeVeque
    (1983), "Algorithms for computing the sample variance", The American Statistician 37, for the
    variance of two parts.

    Examples
    --------
    >>> windows = TrailingWindows(Segments(np.array([4, 2])), 2)
    >>> windows.mean(np.array([1.0, 3.0, 5.0, 9.0, 2.0, 4.0])).tolist()
    [nan, 2.0, 4.0, 7.0, nan, 3.0]
    """

    series: Segments
    length: int

    def mean(self, values: Floats) -> Floats:
        """Return the mean of each window."""
        blocks = self._blocks(values, 0.0)
        ends = _before(np.cumsum(blocks[:, ::-1], axis=1)[:, ::-1], 0.0)
        return self._placed((ends + np.cumsum(blocks, axis=1)) / self.length)

    def max(self, values: Floats) -> Floats:
        """Return the highest value of each window."""
        blocks = self._blocks(values, -np.inf)
        ends = _before(np.maximum.accumulate(blocks[:, ::-1], axis=1)[:, ::-1], -np.inf)
        return self._placed(np.maximum(ends, np.maximum.accumulate(blocks, axis=1)))

    def stddev(self, values: Floats) -> Floats:
        """Return the standard deviation (ddof 1) of each window."""
        return np.sqrt(self.covariance(values, values))

    def covariance(self, left: Floats, right: Floats) -> Floats:
        """Return the covariance (ddof 1) of two values in each window."""
        count_after = np.arange(1.0, self.length + 1)
        count_before = self.length - count_after
        ours = self._parts(left)
        theirs = ours if right is left else self._parts(right)
        after = np.cumsum(ours.after * theirs.after, axis=1)
        after -= ours.after_sum * theirs.after_sum / count_after
        products = ours.before * theirs.before
        before = _before(np.cumsum(products[:, ::-1], axis=1)[:, ::-1], 0.0)
        with np.errstate(all="ignore"):
            share = np.where(count_before > 0, 1 / count_before, 0.0)
            before -= ours.before_sum * theirs.before_sum * share
            apart = ours.apart(count_after, share) * theirs.apart(count_after, share)
            total = after + before + apart * (count_after * count_before / self.length)
            return self._placed(total / (self.length - 1))

    def _parts(self, values: Floats) -> _Parts:
        blocks = self._blocks(values, 0.0)
        first, last = blocks[:, :1], blocks[:, -1:]
        after, before = blocks - first, blocks - last
        before_sum = _before(np.cumsum(before[:, ::-1], axis=1)[:, ::-1], 0.0)
        last_before = np.concatenate([last[:1], last[:-1]])
        return _Parts(after, before, np.cumsum(after, axis=1), before_sum, first - last_before)

    def _blocks(self, values: Floats, empty: float) -> Floats:
        """Return the values as rows, each a block; ``empty`` fills the last row of a series."""
        rows = int((-(-self.series.counts // self.length)).sum())
        blocks = np.full(rows * self.length, empty)
        blocks[self._places] = values
        return blocks.reshape(rows, self.length)

    def _placed(self, figures: Floats) -> Floats:
        """Return the figure of the window that ends at each value."""
        placed = figures.ravel()[self._places]
        placed[self._is_short] = np.nan
        return placed

    @cached_property
    def _places(self) -> NDArray[np.int64]:
        """Where in the blocks each value lies."""
        counts = self.series.counts
        rows = -(-counts // self.length)
        shift = (np.cumsum(rows) - rows) * self.length - self.series.starts
        return np.arange(int(counts.sum())) + np.repeat(shift, counts)

    @cached_property
    def _is_short(self) -> Flags:
        """Whether the window that ends at a value would begin before its series."""
        return self.series.positions < self.length - 1


@dataclass(frozen=True)
class _Parts:
    """Two parts of each window: the end of the block before, and the beginning of its last one.

    Attributes
    ----------
    after, before : array, shape (n_blocks, length)
        Values less the first, and less the last, of their block. Both are in the window.
    after_sum, before_sum : array, shape (n_blocks, length)
        Sums over the part after, and over the part before, of the window that ends at a value.
    gap : array, shape (n_blocks, 1)
        First value of the block less the last of the block before.
    """

    after: Floats
    before: Floats
    after_sum: Floats
    before_sum: Floats
    gap: Floats

    def apart(self, count_after: Floats, share_before: Floats) -> Floats:
        """Return the mean of the part after less that of the part before."""
        return self.gap + self.after_sum / count_after - self.before_sum * share_before


def _before(blocks: Floats, empty: float) -> Floats:
    """Return, at each value, the figure of the window's part in the block before its own.

    That part begins one place to the right; of the last place in a block there is none.
    """
    shifted = np.full_like(blocks, empty)
    shifted[1:, :-1] = blocks[:-1, 1:]
    return shifted


def trailing_slope(values: Floats, series: Segments, length: int) -> Floats:
    """Return the slope of the line that fits each window of values best, per value.

    Parameters
    ----------
    values : array, shape (n,)
        Of series that lie end to end.
    series : Segments
        Where each series begins and ends.
    length : int
        Values in a window, 2 at least; one that would begin before its series gives NaN.

    Examples
    --------
    >>> trailing_slope(np.array([1.0, 3.0, 5.0, 5.0]), Segments(np.array([4])), 3).tolist()
    [nan, nan, 2.0, 1.0]
    """
    if len(values) < length:
        return np.full(len(values), np.nan)
    # The level drops out, and takes its rounding with it.
    moved = values - np.repeat(series.first(values), series.counts)
    steps = np.arange(length) - (length - 1) / 2
    slopes = np.full(len(values), np.nan)
    slopes[length - 1 :] = np.convolve(moved, (steps / (steps**2).sum())[::-1], "valid")
    slopes[series.positions < length - 1] = np.nan
    return slopes
