"""Which column of a file of trades is which: the names that other backtesters give them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NoReturn

from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.probe import FileProbe

__all__ = ["SIDES", "TRADE_COLUMNS", "has_signed_size", "trade_columns"]

_CLOCKS = ("time", "date", "datetime", "timestamp", "dt", "ts")

# By column, the other names it goes by; upper and lower case and all that is no letter or digit
# don't count. Only names that mean one thing stand here: "price" may be either end of a trade, and
# a gross profit is not what pnl is.
_SPELLINGS: dict[str, tuple[str, ...]] = {
    "trade_id": ("id", "trade", "trade number", "trade no", "ticket"),
    "symbol": ("ticker", "instrument", "asset", "pair"),
    "side": ("direction", "trade direction", "position side"),
    "entry_at": (
        *(f"{begin} {clock}" for begin in ("entry", "open") for clock in _CLOCKS),
        "opened at",
    ),
    "exit_at": (
        *(f"{end} {clock}" for end in ("exit", "close") for clock in _CLOCKS),
        "closed at",
    ),
    "quantity": ("qty", "size", "amount", "shares", "contracts", "units"),
    "entry_price": ("avg entry price", "average entry price", "open price", "open rate"),
    "exit_price": ("avg exit price", "average exit price", "close price", "close rate"),
    "fees": ("fee", "commission", "commissions", "total fees"),
    "pnl": (
        *("net pnl", "net p&l", "realized pnl", "realised pnl"),
        *("profit", "net profit", "profit abs"),
    ),
    "pre_runup_pct": (),
    "entry_vol": (),
}
TRADE_COLUMNS = tuple(_SPELLINGS)
_REQUIRED = ("side", "entry_at", "exit_at", "quantity", "entry_price", "exit_price", "pnl")

# A side is the one that the trade was entered on, in lower case.
SIDES = {
    "long": ("long", "buy", "1", "+1", "1.0"),
    "short": ("short", "sell", "sell short", "-1", "-1.0"),
}


def trade_columns(probe: FileProbe) -> dict[str, int]:
    """Return where the columns of a file of trades stand in its header.

    Parameters
    ----------
    probe : FileProbe
        The file.

    Returns
    -------
    dict of str to int
        By name among `TRADE_COLUMNS`; an optional column may be absent, and ``side`` where
        `has_signed_size`.

    Raises
    ------
    FaultyFileError
        When a required column is missing, or more than one could be meant.
    """
    keys = [_key(name) for name in probe.header]
    places: dict[str, int] = {}
    for column, spellings in _SPELLINGS.items():
        found = _positions(keys, [column, *spellings])
        if len(found) > 1:
            names = ", ".join(repr(probe.header[index]) for index in found)
            what = f"has more than one column for {column!r} ({names})"
            _refuse(probe, ReasonCode.DUPLICATE_COLUMN, what)
        if found:
            places[column] = found[0]
    for column in _REQUIRED:
        if column not in places and not (column == "side" and has_signed_size(probe, places)):
            _refuse(probe, ReasonCode.MISSING_COLUMN, f"has no column {column!r}")
    return places


def has_signed_size(probe: FileProbe, places: dict[str, int]) -> bool:
    """Return whether the quantity's sign is the side: it is called size, and no column says side.

    That is how backtesting.py writes its trades.
    """
    return (
        "side" not in places
        and "quantity" in places
        and _key(probe.header[places["quantity"]]) == "size"
    )


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.lower())


def _positions(keys: Sequence[str], names: Sequence[str]) -> list[int]:
    wanted = {_key(name) for name in names}
    return [index for index, key in enumerate(keys) if key in wanted]


def _refuse(probe: FileProbe, code: ReasonCode, what: str) -> NoReturn:
    reason = f"{what}; trades need {', '.join(_REQUIRED)}, once each"
    raise FaultyFileError(code, reason, path=probe.path, line=1)
