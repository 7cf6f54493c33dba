"""Prices of symbols: OHLCV files and wide tables of closes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from curvehouse.errors import InvalidInputError
from curvehouse.readers.bar_columns import OPTIONAL_VALUES, BarColumns, find_bar_columns
from curvehouse.readers.checks import Check, first_faults
from curvehouse.readers.content import MAX_BYTES
from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.fields import (
    is_out_of_range_sql,
    number_sql,
    timestamp_sql,
)
from curvehouse.readers.local_times import place_rows
from curvehouse.readers.magnitudes import is_too_odd_sql
from curvehouse.readers.probe import FileProbe, file_stem, probe_file
from curvehouse.readers.row_counts import RowCounts, counted_rows
from curvehouse.readers.text_rows import only_text_rows
from curvehouse.readers.wide import check_names, wide_cells

__all__ = ["ParsedBars", "parsed_bars", "probe_bars"]

_VALUES = ("close", *OPTIONAL_VALUES)
_PARSED = "curvehouse_parsed_bars"


def probe_bars(path: Path, *, max_bytes: int = MAX_BYTES) -> FileProbe:
    """Look at a file of prices; see `curvehouse.readers.probe.probe_file`."""
    try:
        return probe_file(path, max_bytes=max_bytes)
    except FaultyFileError as fault:
        if fault.code is not ReasonCode.DUPLICATE_COLUMN:
            raise
        # So a table of several symbols looks, with the symbols in the line below.
        reason = f"{fault.reason} (several symbols need a file each, or a symbol column)"
        named = FaultyFileError(fault.code, reason, path=fault.path, line=fault.line)
        named.sha256, named.byte_count = fault.sha256, fault.byte_count
        raise named from fault


@dataclass(frozen=True)
class ParsedBars:
    """The bars of a file.

    Attributes
    ----------
    table : str
        A temporary table with ``symbol VARCHAR, ts TIMESTAMP`` (UTC) and ``open, high, low, close,
        volume DOUBLE`` among its columns, without exact duplicates, in no order.
    counts : RowCounts
        What was put right.
    """

    table: str
    counts: RowCounts


@contextmanager
def parsed_bars(
    connection: duckdb.DuckDBPyConnection,
    probe: FileProbe,
    *,
    symbol: str | None = None,
    zone: str | None = None,
) -> Iterator[ParsedBars]:
    r"""Parse and judge a file of prices.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Where the table is made; it is dropped at the end of the block. Its TimeZone is set to UTC.
    probe : FileProbe
        A file with a header, in one of two layouts; upper and lower case, spaces, underscores and
        angle brackets make no difference.

        OHLCV: a timestamp (date, datetime, timestamp, time, ts, day, trade date, open time or
        window start, or date and time in two columns), close (or close/last, 4. close), and where
        given open, high, low, volume (or vol; also numbered, 1. open), and symbol (ticker,
        instrument, code). Also o, h, l, c together, with v and t where given, in lower case.

        Wide: a timestamp column and one column of closes per symbol, named after it.
    symbol : str, optional
        The one symbol of a file that does not name it; else the file's stem.
    zone : str, optional
        Of times without an offset, else UTC; see `curvehouse.readers.local_times`.

    Raises
    ------
    InvalidInputError
        When the file can't be accepted whole; the message names the first faulty line.

    Notes
    -----
    Columns are found by name and never by content; other columns are ignored. Dates are read
    year first: a file with 01/02/2020 is refused. Nothing holds a low below a high.

    ``close`` is taken as it stands: an adjusted close beside it is ignored, so put the prices that
    you want to trade on into ``close``. Empty closes of a wide file are dropped, in an OHLCV file
    they are a fault; so are closes that are not positive.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "prices.csv"
    >>> _ = file.write_text("Date,SPY,QQQ\n2020-01-02,324.87,216.16\n2020-01-03,322.41,\n")
    >>> connection = duckdb.connect()
    >>> with parsed_bars(connection, probe_bars(file)) as bars:
    ...     connection.sql(f"select symbol, close from {bars.table} order by ts, symbol").fetchall()
    [('QQQ', 216.16), ('SPY', 324.87), ('SPY', 322.41)]
    """
    connection.execute("set TimeZone = 'UTC'")
    columns = find_bar_columns(probe)
    names = _wide_names(probe, columns, symbol)
    try:
        with only_text_rows(connection, probe) as rows:
            if names:
                with wide_cells(connection, rows, columns.timestamp, names) as cells:
                    _parse_wide(connection, cells)
            else:
                _parse_long(connection, rows, columns, symbol or file_stem(probe.path))
        place_rows(connection, _PARSED, zone, keys=["symbol"])
        for fault in first_faults(connection, _PARSED, _CHECKS, [probe]).values():
            raise fault
        _keep_distinct(connection, probe)
        counts = counted_rows(connection, _PARSED, "ts", keys=["symbol"], zone=zone)
        if not counts:
            reason = "has no bar; write it again"
            raise FaultyFileError(ReasonCode.TOO_FEW_ROWS, reason, path=probe.path)
        yield ParsedBars(_PARSED, counts[0])
    finally:
        connection.execute(f"drop table if exists {_PARSED}")


def _wide_names(probe: FileProbe, columns: BarColumns, symbol: str | None) -> dict[int, str]:
    if symbol is not None and (columns.symbol is not None or len(columns.closes) > 1):
        raise InvalidInputError(
            f"{probe.path} names its symbols itself: leave out the symbol {symbol!r}."
        )
    check_names(probe, [probe.header[index] for index in columns.closes])
    return {index: symbol or probe.header[index] for index in columns.closes}


def _parse_wide(connection: duckdb.DuckDBPyConnection, cells: str) -> None:
    connection.execute(
        f"""
        create or replace temp table {_PARSED} as
        select
            file_number, line_number, name as symbol, ts_text, value_text as close_text,
            {timestamp_sql("ts_text")} as ts,
            null::double as open, null::double as high, null::double as low,
            {number_sql("value_text")} as close,
            null::double as volume,
            null::varchar as bad_number_text, null::varchar as infinite_text,
            null::varchar as odd_text
        from {cells}
        where not coalesce(isnan(close), false)
        """
    )


def _parse_long(
    connection: duckdb.DuckDBPyConnection, rows: str, columns: BarColumns, symbol: str
) -> None:
    cells = {name: f"c{index}" for name, index in columns.values.items()}
    others = [name for name in OPTIONAL_VALUES if name in cells]
    numbers = {name: number_sql(cells.get(name, "null::varchar")) for name in _VALUES}
    bad = [f"when {cells[n]} is not null and {numbers[n]} is null then {cells[n]}" for n in others]
    infinite = [f"when isinf({numbers[n]}) then {cells[n]}" for n in others]
    odd = [f"when {is_too_odd_sql(numbers[n])} then {cells[n]}" for n in others]
    known = {n: f"case when not isnan({numbers[n]}) then {numbers[n]} end" for n in _VALUES}
    named = columns.symbol is not None
    connection.execute(
        f"""
        create or replace temp table {_PARSED} as
        select
            file_number, line_number,
            {f"trim(c{columns.symbol})" if named else "?::varchar"} as symbol,
            {_moment_text(columns)} as ts_text, {cells["close"]} as close_text,
            {timestamp_sql("ts_text")} as ts,
            {known["open"]} as open, {known["high"]} as high, {known["low"]} as low,
            {numbers["close"]} as close,
            {known["volume"]} as volume,
            case when false then null {" ".join(bad)} end as bad_number_text,
            case when false then null {" ".join(infinite)} end as infinite_text,
            case when false then null {" ".join(odd)} end as odd_text
        from {rows}
        """,
        [] if named else [symbol],
    )


def _moment_text(columns: BarColumns) -> str:
    """Return SQL for the text of a row's timestamp; a date and a time in two cells are joined."""
    day = f"c{columns.timestamp}"
    if columns.clock is None:
        return day
    clock = f"trim(c{columns.clock})"
    for digits, parts in (("([0-9]{2})" * 3, r"\1:\2:\3"), ("([0-9]{2})" * 2, r"\1:\2")):
        clock = f"regexp_replace({clock}, '^{digits}$', '{parts}')"
    day = f"regexp_replace(trim({day}), '^([0-9]{{4}})([0-9]{{2}})([0-9]{{2}})$', '\\1-\\2-\\3')"
    return f"({day} || ' ' || {clock})"


_CHECKS = (
    Check("coalesce(symbol, '') = ''", ReasonCode.MISSING_VALUE, "has a bar without a symbol"),
    Check(
        is_out_of_range_sql("ts"),
        ReasonCode.BAD_TIMESTAMP,
        "has {} where an ISO date or timestamp is needed",
        "ts_text",
    ),
    Check("close is null", ReasonCode.BAD_NUMBER, "has {} as a close", "close_text"),
    Check("not isfinite(close)", ReasonCode.NON_FINITE, "has {} as a close", "close_text"),
    Check(
        "close <= 0",
        ReasonCode.NON_POSITIVE_PRICE,
        "has the close {}, and closes must be positive",
        "close_text",
    ),
    Check(
        "bad_number_text is not null",
        ReasonCode.BAD_NUMBER,
        "has {} where a number is needed",
        "bad_number_text",
    ),
    Check(
        "infinite_text is not null",
        ReasonCode.NON_FINITE,
        "has {} where a finite number is needed",
        "infinite_text",
    ),
    Check(
        is_too_odd_sql("close"),
        ReasonCode.OUT_OF_RANGE,
        "has the close {}; it must be within 1e-30 and 1e30, so use another unit",
        "close_text",
    ),
    Check(
        "odd_text is not null",
        ReasonCode.OUT_OF_RANGE,
        "has {}; numbers must be within 1e-30 and 1e30, so use another unit",
        "odd_text",
    ),
)

_DUPLICATE_CHECK = Check(
    "bar_number > 1",
    ReasonCode.DUPLICATE_TIMESTAMP,
    "has a second and different bar of {}; keep one",
    "symbol || ' at ' || ts",
)


def _keep_distinct(connection: duckdb.DuckDBPyConnection, probe: FileProbe) -> None:
    connection.execute(
        f"""
        create or replace temp table {_PARSED} as
        select
            file_number, symbol, ts, open, high, low, close, volume,
            min(line_number) as line_number, count(*) as copies,
            row_number() over (partition by symbol, ts order by min(line_number)) as bar_number
        from {_PARSED}
        group by file_number, symbol, ts, open, high, low, close, volume
        """
    )
    for fault in first_faults(connection, _PARSED, [_DUPLICATE_CHECK], [probe]).values():
        raise fault
