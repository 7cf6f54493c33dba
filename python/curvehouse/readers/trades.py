"""Trades of a backtest, one file each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from curvehouse.readers.checks import Check, first_faults
from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.fields import is_out_of_range_sql, number_sql, timestamp_sql
from curvehouse.readers.local_times import place_trades
from curvehouse.readers.magnitudes import is_too_large_sql, is_too_odd_sql
from curvehouse.readers.probe import FileProbe
from curvehouse.readers.text_rows import text_rows
from curvehouse.readers.trade_columns import (
    SIDES,
    TRADE_COLUMNS,
    has_signed_size,
    trade_columns,
)

__all__ = ["TRADE_COLUMNS", "ParsedTrades", "check_trade_columns", "parsed_trades"]

_REQUIRED_NUMBERS = ("quantity", "entry_price")
_OPTIONAL_NUMBERS = ("exit_price", "fees", "pnl", "pre_runup_pct", "entry_vol")
_NUMBERS = (*_REQUIRED_NUMBERS, *_OPTIONAL_NUMBERS)
_MOMENTS = ("entry_at", "exit_at")
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
    """Raise `FaultyFileError` when a file of trades lacks a column, or two could be meant."""
    trade_columns(probe)


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
    counts as empty where a number may be absent. A file with a header and no trade is good. The
    quantity of a short trade may be given as a negative number.
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


def _parse(connection: duckdb.DuckDBPyConnection, rows: str, probe: FileProbe) -> None:
    places = trade_columns(probe)
    cells = dict.fromkeys(TRADE_COLUMNS, "null::varchar")
    cells |= {column: f"c{index}" for column, index in places.items()}
    texts = [f"nullif(trim({cells[column]}), '') as {column}_text" for column in TRADE_COLUMNS]
    moments = [f"{timestamp_sql(f'{column}_text')} as {column}" for column in _MOMENTS]
    numbers = [f"{number_sql(f'{column}_text')} as {column}_read" for column in _NUMBERS]
    known = [
        f"case when not isnan({column}_read) then {column}_read end as {column}"
        for column in _OPTIONAL_NUMBERS
    ]
    side = _SIGN_SIDE if has_signed_size(probe, places) else _SPELT_SIDE
    connection.execute(
        f"""
        create or replace temp table {_PARSED} as
        with cells as (
            select file_number, line_number, {", ".join(texts)} from {rows}
        ),
        typed as (
            select *, {", ".join([*moments, *numbers])} from cells
        )
        select
            *, trade_id_text as trade_id, symbol_text as symbol, {side} as side,
            case when {side} = 'short' then abs(quantity_read) else quantity_read end as quantity,
            entry_price_read as entry_price,
            {", ".join(known)},
            row_number() over (
                partition by file_number, trade_id_text order by line_number
            ) as trade_id_number
        from typed
        """
    )


def _spelt_side() -> str:
    """Return SQL for the side that was entered on, or for the text where that is none."""
    cases = []
    for side, spellings in SIDES.items():
        words = ", ".join(f"'{word}'" for word in spellings)
        cases.append(f"when lower(side_text) in ({words}) then '{side}'")
    return f"case {' '.join(cases)} else lower(side_text) end"


_SPELT_SIDE = _spelt_side()
_SIGN_SIDE = "case when quantity_read < 0 then 'short' else 'long' end"


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
_PRICES = ("entry_price", "exit_price")
_OUT_OF_RANGE = _first_of(
    {column: is_too_odd_sql(column) for column in _PRICES}
    | {column: is_too_large_sql(column) for column in _NUMBERS if column not in _PRICES}
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
        f"{_OUT_OF_RANGE} is not null",
        ReasonCode.OUT_OF_RANGE,
        "has {}; prices must be within 1e-30 and 1e30, and no number beyond, so use another unit",
        _OUT_OF_RANGE,
    ),
    Check(
        "side is null or entry_at is null or quantity is null or entry_price is null",
        ReasonCode.MISSING_VALUE,
        "has a trade without side, entry_at, quantity or entry_price",
    ),
    Check(
        "side not in ('long', 'short')",
        ReasonCode.BAD_TRADE,
        "has the side {}, and it must be long or short, buy or sell, 1 or -1",
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
