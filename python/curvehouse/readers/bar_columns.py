"""Which column of a file of prices is which: the names that vendors give them."""

from __future__ import annotations

from dataclasses import dataclass

from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.fields import find_timestamp_columns, normalised_name
from curvehouse.readers.probe import FileProbe

__all__ = ["OPTIONAL_VALUES", "BarColumns", "find_bar_columns"]

OPTIONAL_VALUES = ("open", "high", "low", "volume")

# By column, all the names it goes by; upper and lower case are the same, and so are spaces,
# underscores and the angle brackets of Stooq. Only names that mean one thing stand here: "price"
# and "last" may be any of a day's prices.
_SPELLINGS: dict[str, tuple[str, ...]] = {
    "symbol": ("symbol", "ticker", "instrument", "code"),
    "open": ("open", "1. open"),
    "high": ("high", "2. high"),
    "low": ("low", "3. low"),
    "close": ("close", "4. close", "close/last"),
    "volume": ("volume", "vol", "5. volume", "6. volume"),
}
_MORE_TIMESTAMPS = ("open time", "window start")
_DAYS, _CLOCKS = ("date", "trade date", "day"), ("time",)

# One letter may be a ticker (C, T, V). So they count in lower case only, and only together.
_LETTERS = {"open": "o", "high": "h", "low": "l", "close": "c"}
_MORE_LETTERS = {"volume": "v"}
_LETTER_TIMESTAMP = "t"

# What a file of one symbol has beside its close; without a close it is not a wide table either.
_BAR_WORDS = frozenset(name for column in OPTIONAL_VALUES for name in _SPELLINGS[column]) | {
    "symbol",
    "ticker",
    "instrument",
    "adj close",
    "adjclose",
    "adjusted close",
}


@dataclass(frozen=True)
class BarColumns:
    """Where the values stand, as positions in the header.

    Attributes
    ----------
    timestamp : int
        The timestamp, or the date of a file that has the time of day in another column.
    clock : int or None
        The time of day.
    symbol : int or None
        The symbol of an OHLCV file that names it.
    values : dict of str to int
        ``close`` and, where given, `OPTIONAL_VALUES` of an OHLCV file; empty for a wide file.
    closes : tuple of int
        The columns of closes of a wide file.
    """

    timestamp: int
    clock: int | None
    symbol: int | None
    values: dict[str, int]
    closes: tuple[int, ...]


def find_bar_columns(probe: FileProbe) -> BarColumns:
    """Find the columns of a file of prices by their names alone.

    Raises
    ------
    FaultyFileError
        When one is missing, or more than one could be meant.
    """
    keys = [_key(name) for name in probe.header]
    if keys[0] in ("price", "attributes"):
        raise _fault(
            probe,
            "has a header of several lines, as yfinance writes it; write one file per symbol, with "
            "multi_level_index=False",
        )
    if set(_LETTERS.values()) <= set(probe.header) and not _positions(keys, _SPELLINGS["close"]):
        return _lettered(probe, keys)
    places = {column: _the_one(probe, keys, column) for column in _SPELLINGS}
    if places["close"] is None:
        return _wide(probe, keys)
    timestamp, clock = _moment(probe, keys)
    columns = ("close", *OPTIONAL_VALUES)
    values = {name: place for name in columns if (place := places[name]) is not None}
    return BarColumns(timestamp, clock, places["symbol"], values, ())


def _key(name: str) -> str:
    return normalised_name(name).removeprefix("<").removesuffix(">")


def _positions(keys: list[str], names: tuple[str, ...]) -> list[int]:
    return [index for index, key in enumerate(keys) if key in names]


def _the_one(probe: FileProbe, keys: list[str], column: str) -> int | None:
    found = _positions(keys, _SPELLINGS[column])
    if len(found) > 1:
        raise _several(probe, f"columns for {column!r}", found)
    return found[0] if found else None


def _timestamps(probe: FileProbe, keys: list[str]) -> list[int]:
    found = find_timestamp_columns(keys, _MORE_TIMESTAMPS)
    if not found:
        raise _fault(probe, "has no timestamp column; name one 'date' or 'ts'")
    return found


def _moment(probe: FileProbe, keys: list[str]) -> tuple[int, int | None]:
    """Return where the timestamp is, and the time of day where that stands beside a date."""
    found = _timestamps(probe, keys)
    if len(found) == 1:
        return found[0], None
    days, clocks = _positions(keys, _DAYS), _positions(keys, _CLOCKS)
    if len(found) == 2 and len(days) == len(clocks) == 1:
        return days[0], clocks[0]
    raise _several(probe, "timestamp columns", found)


def _lettered(probe: FileProbe, keys: list[str]) -> BarColumns:
    places = {name: index for index, name in enumerate(probe.header)}
    timestamp, clock = places.get(_LETTER_TIMESTAMP), None
    if timestamp is None:
        timestamp, clock = _moment(probe, keys)
    letters = _LETTERS | _MORE_LETTERS
    values = {column: places[letter] for column, letter in letters.items() if letter in places}
    symbol = _the_one(probe, keys, "symbol")
    return BarColumns(timestamp, clock, symbol, values, ())


def _wide(probe: FileProbe, keys: list[str]) -> BarColumns:
    """Take all but the first timestamp for closes; DAY and TIME are also tickers."""
    timestamp = _timestamps(probe, keys)[0]
    closes = tuple(index for index in range(len(keys)) if index != timestamp)
    words = [index for index in closes if keys[index] in _BAR_WORDS]
    # So are OPEN and LOW, beside others.
    if words and (
        len(words) == len(closes) or not all(probe.header[index].isupper() for index in words)
    ):
        raise _fault(probe, "has no column 'close'; name the prices to use so")
    return BarColumns(timestamp, None, None, {}, closes)


def _several(probe: FileProbe, what: str, positions: list[int]) -> FaultyFileError:
    names = ", ".join(repr(probe.header[index]) for index in positions)
    return _fault(probe, f"has several {what} ({names}); keep one", ReasonCode.DUPLICATE_COLUMN)


def _fault(
    probe: FileProbe, reason: str, code: ReasonCode = ReasonCode.MISSING_COLUMN
) -> FaultyFileError:
    return FaultyFileError(code, reason, path=probe.path, line=1)
