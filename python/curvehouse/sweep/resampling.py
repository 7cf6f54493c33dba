"""Histories drawn from the bars by the stationary bootstrap, one per seed for all symbols."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from curvehouse.analytics.bootstrap import stationary_indices
from curvehouse.errors import InvalidInputError
from curvehouse.sweep.bars import Bars

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["Resampling", "plan_resampling", "resampled_bars"]

# The child of a seed from which its history is drawn; strategies draw from another.
_HISTORY_DRAWS = (0,)


@dataclass(frozen=True)
class Resampling:
    """How a seed's one series of draws applies to a symbol.

    Attributes
    ----------
    mean_block_bars : float
        Mean length of the blocks that keep their order.
    series_length : int
        Bars of all symbols together; a seed draws one of the common bars for each.
    common_bars : array of int64, shape (n_common,)
        The bars of this symbol that can be drawn: those that all symbols have.
    places : array of int64, shape (n_bars - 1,)
        Where in the series the bars of this symbol are, from its second bar on.
    """

    mean_block_bars: float
    series_length: int
    common_bars: NDArray[np.int64]
    places: NDArray[np.int64]


def plan_resampling(bars: Mapping[str, Bars], mean_block_bars: float) -> dict[str, Resampling]:
    """Return how to resample each symbol, so that on any day all of them draw the same day.

    Where symbols have different spans, only the bars that all of them have are drawn, because only
    there is it known how they moved together.

    Raises
    ------
    InvalidInputError
        When the symbols have fewer than 2 bars in common, each with one before it.
    """
    union = reduce(np.union1d, (series.times for series in bars.values()))
    common = reduce(np.intersect1d, (series.times[1:] for series in bars.values()))
    if len(common) < 2:
        raise InvalidInputError(
            f"symbols: {', '.join(sorted(bars))} have fewer than 2 bars in common to resample "
            "from; give each a sweep of its own."
        )
    return {
        symbol: Resampling(
            mean_block_bars=mean_block_bars,
            series_length=len(union),
            common_bars=np.searchsorted(series.times, common),
            places=np.searchsorted(union, series.times[1:]),
        )
        for symbol, series in bars.items()
    }


def resampled_bars(bars: Bars, resampling: Resampling, seed: int) -> Bars:
    """Return the history that a seed draws for a symbol.

    Notes
    -----
    The first bar and the times stay. Each later bar is a bar of the past, drawn whole: its open,
    high, low and close are ratios to the close before it, which now go on from the close that was
    drawn before. Blocks have geometric lengths and wrap round the end.

    References
    ----------
    Politis and Romano (1994), "The Stationary Bootstrap", Journal of the American Statistical
    Association 89.
    """
    generator = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=_HISTORY_DRAWS))
    (series,) = stationary_indices(
        len(resampling.common_bars),
        1,
        resampling.mean_block_bars,
        generator,
        count=resampling.series_length,
    )
    drawn = resampling.common_bars[series[resampling.places]]
    before = bars.closes[drawn - 1]
    growth = np.cumprod(bars.closes[drawn] / before)
    closes = np.concatenate((bars.closes[:1], bars.closes[0] * growth))
    others = {
        name: np.concatenate((prices[:1], closes[:-1] * (prices[drawn] / before)))
        for name, prices in bars.other_prices.items()
    }
    return Bars(symbol=bars.symbol, times=bars.times, closes=closes, **others)
