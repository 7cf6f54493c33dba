"""What a reader understood of a tool's file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from curvehouse.identity import ParameterValue

__all__ = ["ToolBacktest", "ToolResult"]


@dataclass(frozen=True)
class ToolBacktest:
    """One backtest of a tool's file: what names it, its curve, its trades, or both.

    Attributes
    ----------
    label : str
        What the file calls it, for messages; empty where the file has only one.
    strategy, symbol, seed : optional
        Where the file says them. What the user says on the command line counts before them.
    params : mapping
        The parameters that the file says.
    curve : pyarrow.Table or None
        The columns ``ts`` and ``equity``. ``ts`` is a timestamp (with a time zone a moment, else a
        time of the file's zone), a date, or text as the file has it; ``equity`` is a float64, or
        text as the file has it. What can't be read as such is found and reported where all curves
        are judged, so a reader may pass cells on as text. A column ``line_number`` (int64) may say
        where in the file a row stands; else rows count from 1.
    trades : pyarrow.Table or None
        Columns of `curvehouse.readers.trade_columns.TRADE_COLUMNS`, those that the tool has, with
        the same freedom; ``pnl`` net of fees. It may have ``line_number`` too.
    starting_cash : float or None
        What the account held before the first row or trade.
    periods_per_year : float or None
        Where the file says it; None lets the curve decide.
    figures : mapping of str to float
        The tool's own headline figures as fractions, under our names: ``total_return``,
        ``max_drawdown`` (≤ 0). They are reported beside the load, never stored.
    """

    label: str = ""
    strategy: str | None = None
    symbol: str | None = None
    seed: int | None = None
    params: Mapping[str, ParameterValue] = field(default_factory=dict)
    curve: pa.Table | None = None
    trades: pa.Table | None = None
    starting_cash: float | None = None
    periods_per_year: float | None = None
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class ToolResult:
    """What a reader understood of a file.

    Attributes
    ----------
    backtests : tuple of ToolBacktest
        One at least; a reader that finds none raises `FaultyFileError`.
    notes : tuple of str
        What was left out or assumed, one clause each, for people.
    timezone : str or None
        IANA name of the zone of times without an offset and of the days; None is UTC.
    currency : str or None
        What the amounts are in, where the file says it. A reader refuses a file whose currencies
        differ (`mixed_currencies`).
    """

    backtests: tuple[ToolBacktest, ...]
    notes: tuple[str, ...] = ()
    timezone: str | None = None
    currency: str | None = None
