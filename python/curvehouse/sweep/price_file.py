"""Reading the bars a sweep runs on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import numpy as np

from curvehouse.errors import InvalidInputError, UsageError
from curvehouse.readers.bar_columns import find_bar_columns
from curvehouse.readers.bars import parsed_bars, probe_bars
from curvehouse.readers.fields import number_sql, timestamp_sql
from curvehouse.readers.text_rows import only_text_rows
from curvehouse.sweep.bars import Bars

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import polars as pl
    from numpy.typing import NDArray

    from curvehouse.readers.probe import FileProbe

__all__ = ["check_bars", "load_bars"]

_NAMES_SHOWN = 20
_NONE = np.empty(0, dtype="datetime64[us]")


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
    probe = probe_bars(path)
    with duckdb.connect() as connection:
        with parsed_bars(connection, probe) as found:
            frame = connection.sql(
                f"select symbol, ts, open, high, low, close from {found.table} order by symbol, ts"
            ).pl()
        missing = _missing_closes(connection, probe, symbols)
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
        _check_gaps(loaded[symbol], missing.get(symbol, _NONE), path)
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


def _check_gaps(bars: Bars, missing: NDArray[np.datetime64], path: Path) -> None:
    """Raise `InvalidInputError` where a close is missing between the first bar and the last."""
    gaps = missing[(missing > bars.times[0]) & (missing < bars.times[-1])]
    if gaps.size:
        more = "" if gaps.size == 1 else f" and at {gaps.size - 1} more"
        raise InvalidInputError(
            f"{path}, symbol {bars.symbol!r}: no close at {gaps[0]}{more}, between its first bar "
            "and its last; fill it in, or give the symbol a file that has its own days only."
        )


def _missing_closes(
    connection: duckdb.DuckDBPyConnection, probe: FileProbe, symbols: Sequence[str]
) -> dict[str, NDArray[np.datetime64]]:
    """Return the times at which a wide file has a row and no close; other files have none such.

    Days that the file does not have at all are no gaps: markets close.
    """
    columns = find_bar_columns(probe)
    places = {probe.header[place]: place for place in columns.closes}
    missing: dict[str, NDArray[np.datetime64]] = {}
    if not places:
        return missing
    with only_text_rows(connection, probe) as rows:
        for symbol in places.keys() & set(symbols):
            close = number_sql(f"c{places[symbol]}")
            found = connection.execute(
                f"""
                select ts
                from (select {timestamp_sql(f"c{columns.timestamp}")} as ts, {close} as close
                    from {rows})
                where coalesce(isnan(close), true)
                order by ts
                """
            ).fetchnumpy()
            missing[symbol] = np.ma.getdata(found["ts"]).astype("datetime64[us]")
    return missing


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
