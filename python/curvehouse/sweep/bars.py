"""The closes a sweep runs on, and their fingerprint."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import numpy as np

from curvehouse.errors import InvalidInputError, UsageError
from curvehouse.readers.bars import parsed_bars, probe_bars

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["Bars", "bars_sha256", "check_bars", "load_bars"]

_NAMES_SHOWN = 20


@dataclass(frozen=True)
class Bars:
    """The closes of one symbol.

    Attributes
    ----------
    symbol : str
    times : array of datetime64[us], shape (n_bars,)
        UTC, strictly increasing.
    closes : array of float64, shape (n_bars,)
        Finite and positive.
    """

    symbol: str
    times: NDArray[np.datetime64]
    closes: NDArray[np.float64]


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
    with duckdb.connect() as connection, parsed_bars(connection, probe_bars(path)) as found:
        frame = connection.sql(
            f"select symbol, ts, close from {found.table} order by symbol, ts"
        ).pl()
    by_symbol = {
        str(group["symbol"][0]): group
        for group in frame.partition_by("symbol", maintain_order=True)
    }
    loaded = {}
    for symbol in symbols:
        if symbol not in by_symbol:
            raise UsageError(f"{path} has no symbol {symbol!r}; it has {_listed(by_symbol)}.")
        rows = by_symbol[symbol]
        loaded[symbol] = Bars(
            symbol=symbol,
            times=rows["ts"].to_numpy().astype("datetime64[us]"),
            closes=np.ascontiguousarray(rows["close"].to_numpy(), dtype=np.float64),
        )
        check_bars(loaded[symbol], path)
    return loaded


def check_bars(bars: Bars, path: Path) -> None:
    """Raise `InvalidInputError` unless the bars can be traded on.

    At least two bars, timestamps strictly increasing, closes finite and positive.
    """
    place = f"{path}, symbol {bars.symbol!r}"
    if len(bars.closes) < 2:
        raise InvalidInputError(f"{place}: fewer than 2 bars; give a longer history.")
    unordered = np.flatnonzero(np.diff(bars.times) <= np.timedelta64(0))
    if unordered.size:
        at = bars.times[unordered[0] + 1]
        raise InvalidInputError(f"{place}: the bar at {at} is not after the one before; sort them.")
    unusable = np.flatnonzero(~(np.isfinite(bars.closes) & (bars.closes > 0)))
    if unusable.size:
        at, close = bars.times[unusable[0]], bars.closes[unusable[0]]
        raise InvalidInputError(
            f"{place}: the close at {at} is {close}, and closes must be positive; correct it."
        )


def bars_sha256(bars: Iterable[Bars]) -> str:
    """Return the fingerprint of the bars' content, whatever file they came from.

    Notes
    -----
    SHA-256 over the symbols in sorted order. Each contributes the length of its name and its number
    of bars (two little-endian 64-bit integers), its name in UTF-8, its timestamps (microseconds
    since 1970 UTC, little-endian 64-bit integers) and its closes (little-endian 64-bit floats).
    """
    digest = hashlib.sha256()
    for series in sorted(bars, key=lambda each: each.symbol):
        name = series.symbol.encode("utf-8")
        digest.update(np.array([len(name), len(series.closes)], dtype="<i8").tobytes())
        digest.update(name)
        digest.update(series.times.astype("<M8[us]").tobytes())
        digest.update(series.closes.astype("<f8").tobytes())
    return digest.hexdigest()


def _listed(names: Iterable[str]) -> str:
    ordered = sorted(names)
    shown = ", ".join(ordered[:_NAMES_SHOWN])
    rest = len(ordered) - _NAMES_SHOWN
    return f"{shown} and {rest} more" if rest > 0 else shown
