"""Trades of a backtest, one file each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from curvehouse.readers.checks import Check, first_faults
from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.fields import (
    is_out_of_range_sql,
    normalised_name,
    number_sql,
    timestamp_sql,
)
from curvehouse.readers.local_times import place_trades
from curvehouse.readers.probe import FileProbe
from curvehouse.readers.text_rows import text_rows

__all__ = ["TRADE_COLUMNS", "ParsedTrades", "check_trade_columns", "parsed_trades"]

_REQUIRED_NUMBERS = ("quantity", "entry_price")
_OPTIONAL_NUMBERS = ("exit_price", "fees", "pnl", "pre_runup_pct", "entry_vol")
_NUMBERS = (*_REQUIRED_NUMBERS, *_OPTIONAL_NUMBERS)
_TEXTS = ("trade_id", "symbol", "side")
_MOMENTS = ("entry_at", "exit_at")
TRADE_COLUMNS = (*_TEXTS, *_MOMENTS, *_NUMBERS)
_REQUIRED = ("side", "entry_at", "exit_at", "quantity", "entry_price", "exit_price", "pnl")
# What other tools call the columns, as `normalised_name` gives it with underscores.
_OTHER_NAMES = {
    "trade_id": ("id", "trade", "trade_no", "trade_number"),
    "symbol": ("ticker", "instrument", "pair"),
    "side": ("direction", "position_side"),
    "entry_at": (
        "entry_time",
        "entry_date",
        "entry_datetime",
        "entry_timestamp",
        "open_date",
        "open_time",
        "opened_at",
    ),
    "exit_at": (
        "exit_time",
        "exit_date",
        "exit_datetime",
        "exit_timestamp",
        "close_date",
        "close_time",
        "closed_at",
    ),
    "quantity": ("qty", "size", "amount", "shares", "contracts"),
    "entry_price": ("avg_entry_price", "open_price", "open_rate"),
    "exit_price": ("avg_exit_price", "close_price", "close_rate"),
    "fees": ("fee", "commission", "commissions"),
    "pnl": ("profit", "net_pnl", "net_profit", "profit_abs"),
}
_COLUMN_OF = {other: name for name, others in _OTHER_NAMES.items() for other in others}
_SIDES = (
    "case lower(side_text) when 'buy' then 'long' when 'sell' then 'short' "
    "else lower(side_text) end"
)
_PARSED = "curvehouse_parsed_trades"


@dataclass(frozen=True)
class ParsedTrades:
    """The trades of the files that are good, and what is wrong with the others.

    Attributes
    ----------
    table : str
        A temporary table ``file_number, line_number`` and `TRADE_COLUMNS`.
    faults : dict of int to FaultyFileError
        By file number.
    """

    table: str
    faults: dict[int, FaultyFileError]


def check_trade_columns(probe: FileProbe) -> None:
    """Raise `FaultyFileError` when a file of trades lacks a column or has one twice."""
    names = [_column_name(name) for name in probe.header]
    for column in TRADE_COLUMNS:
        if names.count(column) > 1:
            code, what = ReasonCode.DUPLICATE_COLUMN, f"has the column {column!r} twice"
        elif column in _REQUIRED and column not in names:
            code, what = ReasonCode.MISSING_COLUMN, f"has no column {column!r}"
        else:
            continue
        needed = ", ".join(_REQUIRED)
        reason = f"{what}; trades need {needed}, once each"
        raise FaultyFileError(code, reason, path=probe.path, line=1)


@contextmanager
def parsed_trades(
    connection: duckdb.DuckDBPyConnection,
    probes: Sequence[FileProbe],
    *,
    by_path: bool = True,
    zone: str | None = None,
) -> Iterator[ParsedTrades]:
    """Parse and judge trades from files that share a header with all required columns.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Where the table is made; it is dropped at the end of the block. Its TimeZone is UTC.
    probes : sequence of FileProbe
        The files; their positions are the file numbers.
    by_path : bool
        See `text_rows`.
    zone : str or None
        Of times without an offset; see `curvehouse.readers.local_times`.

    Notes
    -----
    A trade without ``exit_at`` is open; its ``exit_price`` is empty, and its ``pnl`` may be. NaN
    counts as empty where a number may be absent. A file with a header and no trade is good.
    """
    with text_rows(connection, probes, by_path=by_path) as rows:
        try:
            _parse(connection, rows.table, probes[0])
            place_trades(connection, _PARSED, zone)
            faults = dict(rows.faults)
            faults |= first_faults(connection, _PARSED, _CHECKS, probes)
            if faults:
                connection.execute(
                    f"delete from {_PARSED} where file_number in (select unnest(?::integer[]))",
                    [list(faults)],
                )
            yield ParsedTrades(_PARSED, faults)
        finally:
            connection.execute(f"drop table if exists {_PARSED}")


def _column_name(name: str) -> str:
    plain = normalised_name(name).replace(" ", "_")
    return _COLUMN_OF.get(plain, plain)


def _parse(connection: duckdb.DuckDBPyConnection, rows: str, probe: FileProbe) -> None:
    places = {_column_name(name): f"c{index}" for index, name in enumerate(probe.header)}
    cells = {column: places.get(column, "null::varchar") for column in TRADE_COLUMNS}
    texts = [f"nullif(trim({cells[column]}), '') as {column}_text" for column in TRADE_COLUMNS]
    moments = [f"{timestamp_sql(f'{column}_text')} as {column}" for column in _MOMENTS]
    numbers = [f"{number_sql(f'{column}_text')} as {column}_read" for column in _NUMBERS]
    known = [
        f"case when not isnan({column}_read) then {column}_read end as {column}"
        for column in _OPTIONAL_NUMBERS
    ]
    kept = [f"{column}_read as {column}" for column in _REQUIRED_NUMBERS]
    connection.execute(
        f"""
        create or replace temp table {_PARSED} as
        with cells as (
            select file_number, line_number, {", ".join(texts)} from {rows}
        )
        select
            *, trade_id_text as trade_id, symbol_text as symbol, {_SIDES} as side,
            {", ".join([*moments, *numbers, *known, *kept])},
            row_number() over (
                partition by file_number, trade_id_text order by line_number
            ) as trade_id_number
        from cells
        """
    )


def _first_of(conditions: dict[str, str]) -> str:
    """Return SQL for the text of the first column whose condition holds."""
    cases = " ".join(
        f"when {condition} then '{column} ' || {column}_text"
        for column, condition in conditions.items()
    )
    return f"case {cases} end"


def _is_misread(column: str) -> str:
    return f"({column}_text is not null and {column}_read is null)"


_BAD_NUMBER = _first_of({column: _is_misread(column) for column in _NUMBERS})
_NON_FINITE = _first_of(
    {column: f"not isfinite({column}_read)" for column in _REQUIRED_NUMBERS}
    | {column: f"isinf({column}_read)" for column in _OPTIONAL_NUMBERS}
)
_BAD_MOMENT = _first_of(
    {
        column: f"({column}_text is not null and {is_out_of_range_sql(column)})"
        for column in _MOMENTS
    }
)

_CHECKS = (
    Check(
        f"{_BAD_MOMENT} is not null",
        ReasonCode.BAD_TIMESTAMP,
        "has {} where an ISO date or timestamp is needed",
        _BAD_MOMENT,
    ),
    Check(
        f"{_BAD_NUMBER} is not null",
        ReasonCode.BAD_NUMBER,
        "has {} where a number is needed",
        _BAD_NUMBER,
    ),
    Check(
        f"{_NON_FINITE} is not null",
        ReasonCode.NON_FINITE,
        "has {} where a finite number is needed",
        _NON_FINITE,
    ),
    Check(
        "side is null or entry_at is null or quantity is null or entry_price is null",
        ReasonCode.MISSING_VALUE,
        "has a trade without side, entry_at, quantity or entry_price",
    ),
    Check(
        "side not in ('long', 'short')",
        ReasonCode.BAD_TRADE,
        "has the side {}, and it must be long or short, or buy or sell",
        "side_text",
    ),
    Check("quantity <= 0", ReasonCode.BAD_TRADE, "has a quantity of {}", "quantity_text"),
    Check(
        "entry_price <= 0 or exit_price < 0",
        ReasonCode.NON_POSITIVE_PRICE,
        "has a trade at a price that is not positive",
    ),
    Check(
        "exit_at < entry_at",
        ReasonCode.BAD_TRADE,
        "has a trade that ends at {}, before it begins",
        "exit_at",
    ),
    Check(
        "exit_at is not null and (exit_price is null or pnl is null)",
        ReasonCode.BAD_TRADE,
        "has a closed trade without exit_price or pnl",
    ),
    Check(
        "exit_at is null and exit_price is not null",
        ReasonCode.BAD_TRADE,
        "has an open trade (no exit_at) with an exit_price",
    ),
    Check(
        "trade_id is not null and trade_id_number > 1",
        ReasonCode.DUPLICATE_TRADE,
        "has the trade_id {} twice",
        "trade_id",
    ),
)
