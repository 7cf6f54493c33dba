"""Reading the bars a sweep runs on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import numpy as np

from curvehouse.errors import InvalidInputError, UsageError
from curvehouse.readers.bars import read_bars
from curvehouse.sweep.bars import Bars

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import polars as pl
    from numpy.typing import NDArray

__all__ = ["check_bars", "load_bars"]

_NAMES_SHOWN = 20


def load_bars(path: Path, symbols: Sequence[str]) -> dict[str, Bars]:
    """Read and check the bars of the given symbols.

    Raises
    ------
    UsageError
        When the file is missing or has no bars of a symbol; the message names those it has.
    InvalidInputError
        When the file can't be read as bars, or a symbol's bars can't be traded on.
    """
    if not path.is_file():
        raise UsageError(f"there is no bars file {path}; give the path of a file with prices.")
    with duckdb.connect() as connection:
        frame = read_bars(connection, path).project("symbol, ts, open, high, low, close").pl()
    by_symbol = {
        str(group["symbol"][0]): group
        for group in frame.partition_by("symbol", maintain_order=True)
    }
    loaded = {}
    for symbol in symbols:
        if symbol not in by_symbol:
            raise UsageError(f"{path} has no symbol {symbol!r}; it has {_listed(by_symbol)}.")
        loaded[symbol] = _bars(symbol, by_symbol[symbol])
        check_bars(loaded[symbol], path)
    return loaded


def check_bars(bars: Bars, path: Path) -> None:
    """Raise `InvalidInputError` unless the bars can be traded on.

    At least two bars, timestamps strictly increasing, all prices positive, closes finite too.
    """
    place = f"{path}, symbol {bars.symbol!r}"
    if len(bars) < 2:
        raise InvalidInputError(f"{place}: fewer than 2 bars; give a longer history.")
    unordered = np.flatnonzero(np.diff(bars.times) <= np.timedelta64(0))
    if unordered.size:
        at = bars.times[unordered[0] + 1]
        raise InvalidInputError(f"{place}: the bar at {at} is not after the one before; sort them.")
    _check_prices(bars, "closes", bars.closes, place, "correct it")
    for kind, prices in bars.other_prices.items():
        known = np.where(np.isnan(prices), 1.0, prices)
        _check_prices(bars, kind, known, place, "correct it, or leave it empty")


def _check_prices(
    bars: Bars, kind: str, prices: NDArray[np.float64], place: str, cure: str
) -> None:
    unusable = np.flatnonzero(~(np.isfinite(prices) & (prices > 0)))
    if unusable.size:
        at, price = bars.times[unusable[0]], prices[unusable[0]]
        raise InvalidInputError(
            f"{place}: the {kind[:-1]} at {at} is {price}, and {kind} must be positive; {cure}."
        )


def _bars(symbol: str, rows: pl.DataFrame) -> Bars:
    def prices(name: str) -> NDArray[np.float64] | None:
        if rows[name].null_count() == len(rows):
            return None
        return np.ascontiguousarray(rows[name].cast(float).to_numpy(), dtype=np.float64)

    closes = prices("close")
    return Bars(
        symbol=symbol,
        times=rows["ts"].to_numpy().astype("datetime64[us]"),
        closes=np.empty(0) if closes is None else closes,
        opens=prices("open"),
        highs=prices("high"),
        lows=prices("low"),
    )


def _listed(names: Iterable[str]) -> str:
    ordered = sorted(names)
    shown = ", ".join(ordered[:_NAMES_SHOWN])
    rest = len(ordered) - _NAMES_SHOWN
    return f"{shown} and {rest} more" if rest > 0 else shown
