"""Sums, extremes and orders of many series that lie end to end in one array."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Segments"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Segments:
    """Where each series begins and ends in an array that holds them all.

    Attributes
    ----------
    counts : array of int64, shape (n_series,)
        Values of each series; 0 for one without any.
    """

    counts: Counts

    @classmethod
    def of_keys(cls, keys: NDArray[np.int64], series: int) -> Segments:
        """Return the segments of values that are ordered by the number of their series."""
        return cls(np.bincount(keys, minlength=series).astype(np.int64))

    @cached_property
    def ends(self) -> Counts:
        """Positions after the last value of each series."""
        return np.cumsum(self.counts)

    @cached_property
    def starts(self) -> Counts:
        """Positions of the first value of each series."""
        return self.ends - self.counts

    @cached_property
    def keys(self) -> Counts:
        """Number of the series of each value."""
        return np.repeat(np.arange(len(self.counts)), self.counts)

    @cached_property
    def positions(self) -> Counts:
        """Position of each value in its series, from 0 on."""
        return np.arange(int(self.counts.sum())) - np.repeat(self.starts, self.counts)

    @cached_property
    def is_first(self) -> Flags:
        """Whether a value is the first of its series."""
        flags = np.zeros(int(self.counts.sum()), dtype=np.bool_)
        flags[self.starts[self.counts > 0]] = True
        return flags

    @cached_property
    def is_last(self) -> Flags:
        """Whether a value is the last of its series."""
        flags = np.zeros(int(self.counts.sum()), dtype=np.bool_)
        flags[self.ends[self.counts > 0] - 1] = True
        return flags

    def where(self, kept: Flags) -> Segments:
        """Return the segments of the values that are kept."""
        return Segments(self.count(kept))

    def count(self, flags: Flags) -> Counts:
        """Return how many flags of each series are set."""
        counts: Counts = self._reduced(np.add, flags.astype(np.int64), np.int64(0))
        return counts

    def sum(self, values: Floats) -> Floats:
        """Return the sum of each series, 0 of an empty one."""
        sums: Floats = self._reduced(np.add, values, 0.0)
        return sums

    def min(self, values: Floats) -> Floats:
        """Return the lowest value of each series, NaN of an empty one."""
        lowest: Floats = self._reduced(np.minimum, values, np.nan)
        return lowest

    def max(self, values: Floats) -> Floats:
        """Return the highest value of each series, NaN of an empty one."""
        highest: Floats = self._reduced(np.maximum, values, np.nan)
        return highest

    def mean(self, values: Floats) -> Floats:
        """Return the mean of each series, NaN of an empty one."""
        with np.errstate(all="ignore"):
            means: Floats = self.sum(values) / self.counts
        return means

    def centred(self, values: Floats) -> Floats:
        """Return the values less the mean of their series."""
        return values - np.repeat(self.mean(values), self.counts)

    def stddev(self, values: Floats) -> Floats:
        """Return the standard deviation (ddof 1) of each series, NaN below two values."""
        return self.stddev_of_centred(self.centred(values))

    def stddev_of_centred(self, centred: Floats) -> Floats:
        """Return the same of values that are less the mean of their series already."""
        with np.errstate(all="ignore"):
            variances = self.sum(np.square(centred)) / (self.counts - 1)
            deviations: Floats = np.where(self.counts > 1, np.sqrt(variances), np.nan)
        return deviations

    def first(self, values: Floats) -> Floats:
        """Return the first value of each series, NaN of an empty one."""
        return self._picked(values, self.starts)

    def last(self, values: Floats) -> Floats:
        """Return the last value of each series, NaN of an empty one."""
        return self._picked(values, self.ends - 1)

    def ordered(self, values: Floats) -> Floats:
        """Return the values of each series in rising order, each series in its place."""
        result = values.copy()
        for part in self.parts(result):
            part.sort()
        return result

    def parts(self, values: Floats) -> Iterator[Floats]:
        """Yield the values of each series, as a view."""
        for start, end in zip(self.starts.tolist(), self.ends.tolist(), strict=True):
            yield values[start:end]

    def quantile(self, ordered: Floats, probability: float) -> Floats:
        """Return the linear quantile (NumPy's default) of each series of `ordered` values.

        Examples
        --------
        >>> Segments(np.array([2, 1])).quantile(np.array([1.0, 3.0, 7.0]), 0.25).tolist()
        [1.5, 7.0]
        """
        place = np.maximum(self.counts - 1, 0) * probability
        low = np.floor(place).astype(np.int64)
        below = self._picked(ordered, self.starts + low)
        above = self._picked(ordered, self.starts + np.minimum(low + 1, self.counts - 1))
        share = place - low
        with np.errstate(all="ignore"):
            return np.where(
                share < 0.5,
                below + (above - below) * share,
                above - (above - below) * (1 - share),
            )

    def longest_run(self, flags: Flags) -> Counts:
        """Return the most values in a row, of each series, whose flag is set.

        Examples
        --------
        >>> flags = np.array([True, True, False, True, True, True])
        >>> Segments(np.array([4, 2])).longest_run(flags).tolist()
        [2, 2]
        """
        places = np.arange(len(flags), dtype=np.int64)
        breaks = np.where(flags, np.where(self.is_first, places - 1, -1), places)
        runs = places - np.maximum.accumulate(breaks) if len(flags) else places
        longest: Counts = self._reduced(np.maximum, runs, np.int64(0))
        return longest

    def _picked(self, values: Floats, places: Counts) -> Floats:
        result = np.full(len(self.counts), np.nan)
        filled = self.counts > 0
        result[filled] = values[places[filled]]
        return result

    def _reduced(self, function: np.ufunc, values: Any, empty: Any) -> Any:
        result = np.full(len(self.counts), empty)
        filled = self.counts > 0
        if filled.any():
            result[filled] = function.reduceat(values, self.starts[filled])
        return result
