"""The bars of one symbol, and their fingerprint."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = ["Bars", "bars_sha256"]


@dataclass(frozen=True, kw_only=True)
class Bars:
    """The prices of one symbol, at which strategies look and jobs trade.

    Attributes
    ----------
    symbol : str
    times : array of datetime64[us], shape (n_bars,)
        UTC, strictly increasing.
    closes : array of float64, shape (n_bars,)
        Finite and positive.
    opens, highs, lows : array of float64, shape (n_bars,), optional
        Finite and positive, NaN where a bar has none; None where the file has none at all.
    """

    symbol: str
    times: NDArray[np.datetime64]
    closes: NDArray[np.float64]
    opens: NDArray[np.float64] | None = None
    highs: NDArray[np.float64] | None = None
    lows: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.closes)

    @property
    def other_prices(self) -> dict[str, NDArray[np.float64]]:
        """Opens, highs and lows, as far as there are any."""
        columns = {"opens": self.opens, "highs": self.highs, "lows": self.lows}
        return {name: column for name, column in columns.items() if column is not None}

    def read_only(self) -> Bars:
        """Return the same prices, which nobody can write to."""
        times, closes = self.times.view(), self.closes.view()
        others = {name: prices.view() for name, prices in self.other_prices.items()}
        for view in (times, closes, *others.values()):
            view.flags.writeable = False
        return Bars(symbol=self.symbol, times=times, closes=closes, **others)


def bars_sha256(bars: Iterable[Bars]) -> str:
    """Return the fingerprint of the bars' content, whatever file they came from.

    Notes
    -----
    SHA-256 over the symbols in sorted order. Each contributes the length of its name and its number
    of bars (two little-endian 64-bit integers), its name in UTF-8, its timestamps (microseconds
    since 1970 UTC, little-endian 64-bit integers) and its closes (little-endian 64-bit floats);
    then, as far as there are any, opens, highs and lows, each as its name and such floats.
    """
    digest = hashlib.sha256()
    for series in sorted(bars, key=lambda each: each.symbol):
        name = series.symbol.encode("utf-8")
        digest.update(np.array([len(name), len(series)], dtype="<i8").tobytes())
        digest.update(name)
        digest.update(series.times.astype("<M8[us]").tobytes())
        digest.update(series.closes.astype("<f8").tobytes())
        for kind, prices in series.other_prices.items():
            digest.update(kind.encode())
            digest.update(np.where(np.isnan(prices), np.nan, prices).astype("<f8").tobytes())
    return digest.hexdigest()
