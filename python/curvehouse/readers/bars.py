"""Prices of symbols: OHLCV files and wide tables of closes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from curvehouse.errors import InvalidInputError
from curvehouse.readers.checks import Check, first_faults
from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.fields import (
    find_timestamp_columns,
    is_out_of_range_sql,
    normalised_name,
    number_sql,
    timestamp_sql,
)
from curvehouse.readers.local_times import place_rows
from curvehouse.readers.probe import FileProbe, file_stem, probe_file
from curvehouse.readers.row_counts import RowCounts, counted_rows
from curvehouse.readers.text_rows import only_text_rows
from curvehouse.readers.wide import check_names, wide_cells

__all__ = ["read_bars", "read_probed_bars"]

_SYMBOL_NAMES = ("symbol", "ticker")
_OPTIONAL = ("open", "high", "low", "volume")
_PARSED = "curvehouse_parsed_bars"


@dataclass(frozen=True)
class _Layout:
    """Where the values stand; positions in the header."""

    timestamp: int
    values: dict[str, int]
    symbol: int | None
    closes: tuple[int, ...]


def read_bars(
    connection: duckdb.DuckDBPyConnection, path: Path, *, symbol: str | None = None
) -> duckdb.DuckDBPyRelation:
    r"""Read a file of prices.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Where the rows are parsed; its TimeZone is set to UTC.
    path : Path
        CSV, gzipped CSV or Parquet with a header, in one of two layouts. OHLCV: a timestamp
        column (date, datetime, timestamp, time or ts), ``close``, and where given open, high, low,
        volume, and symbol or ticker; upper and lower case are the same. Wide: a timestamp column
        and one column of closes per symbol, named after it; any file without a ``close`` column.
    symbol : str, optional
        The one symbol of a file that does not name it; else the file's stem.

    Returns
    -------
    DuckDBPyRelation
        ``symbol VARCHAR, ts TIMESTAMP`` (UTC), ``open, high, low, close, volume DOUBLE``, ordered
        by symbol and ts, without exact duplicates. It holds its rows and outlives the file.

    Raises
    ------
    InvalidInputError
        When the file can't be accepted whole; the message names the first faulty line.

    Notes
    -----
    ``close`` is taken as it stands: an adjusted close beside it is ignored, so put the prices that
    you want to trade on into ``close``. Empty closes of a wide file are dropped, in an OHLCV file
    they are a fault; so are closes that are not positive. A time without an offset is UTC.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "prices.csv"
    >>> _ = file.write_text("Date,SPY,QQQ\n2020-01-02,324.87,216.16\n2020-01-03,322.41,\n")
    >>> read_bars(duckdb.connect(), file).project("symbol, close").fetchall()
    [('QQQ', 216.16), ('SPY', 324.87), ('SPY', 322.41)]
    """
    return read_probed_bars(connection, probe_file(path), symbol=symbol)[0]


def read_probed_bars(
    connection: duckdb.DuckDBPyConnection,
    probe: FileProbe,
    *,
    symbol: str | None = None,
    zone: str | None = None,
) -> tuple[duckdb.DuckDBPyRelation, RowCounts]:
    """Read a file of prices that was probed already, and count its rows; see `read_bars`.

    Times without an offset are of ``zone``, see `curvehouse.readers.local_times`.
    """
    connection.execute("set TimeZone = 'UTC'")
    layout = _layout(probe)
    names = _wide_names(probe, layout, symbol)
    with only_text_rows(connection, probe) as rows:
        try:
            if names:
                with wide_cells(connection, rows, layout.timestamp, names) as cells:
                    _parse_wide(connection, cells)
            else:
                _parse_long(connection, rows, layout, symbol or file_stem(probe.path))
            place_rows(connection, _PARSED, zone, keys=["symbol"])
            for fault in first_faults(connection, _PARSED, _CHECKS, [probe]).values():
                raise fault
            bars = _distinct_bars(connection, probe)
            return bars, counted_rows(connection, _PARSED, "ts", keys=["symbol"], zone=zone)[0]
        finally:
            connection.execute(f"drop table if exists {_PARSED}")


def _layout(probe: FileProbe) -> _Layout:
    timestamps = find_timestamp_columns(probe.header)
    if not timestamps:
        raise _header_fault(probe, "has no timestamp column; name one 'date' or 'ts'")
    names = {normalised_name(name): index for index, name in enumerate(probe.header)}
    if "close" not in names:
        if names.keys() & {"open", "high", "low", "volume", "adj close"}:
            raise _header_fault(probe, "has no column 'close'; name the prices to use so")
        others = (index for index in range(len(probe.header)) if index != timestamps[0])
        return _Layout(timestamps[0], {}, None, tuple(others))
    if len(names) < len(probe.header) or len(timestamps) > 1:
        found = "two columns of the same name in upper and lower case"
        if len(timestamps) > 1:
            found = ", ".join(repr(probe.header[index]) for index in timestamps)
            found = f"several timestamp columns ({found})"
        raise _header_fault(probe, f"has {found}; keep one", ReasonCode.DUPLICATE_COLUMN)
    symbol = next((names[name] for name in _SYMBOL_NAMES if name in names), None)
    values = {name: names[name] for name in ("close", *_OPTIONAL) if name in names}
    return _Layout(timestamps[0], values, symbol, ())


def _wide_names(probe: FileProbe, layout: _Layout, symbol: str | None) -> dict[int, str]:
    if symbol is not None and (layout.symbol is not None or len(layout.closes) > 1):
        raise InvalidInputError(
            f"{probe.path} names its symbols itself: leave out the symbol {symbol!r}."
        )
    check_names(probe, [probe.header[index] for index in layout.closes])
    return {index: symbol or probe.header[index] for index in layout.closes}


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
            null::varchar as bad_number_text, null::varchar as infinite_text
        from {cells}
        where not coalesce(isnan(close), false)
        """
    )


def _parse_long(
    connection: duckdb.DuckDBPyConnection, rows: str, layout: _Layout, symbol: str
) -> None:
    cells = {name: f"c{index}" for name, index in layout.values.items()}
    numbers = {name: number_sql(cells.get(name, "null::varchar")) for name in ("close", *_OPTIONAL)}
    others = [name for name in _OPTIONAL if name in cells]
    bad = [f"when {cells[n]} is not null and {numbers[n]} is null then {cells[n]}" for n in others]
    infinite = [f"when isinf({numbers[n]}) then {cells[n]}" for n in others]
    known = {n: f"case when not isnan({numbers[n]}) then {numbers[n]} end" for n in _OPTIONAL}
    named = layout.symbol is not None
    connection.execute(
        f"""
        create or replace temp table {_PARSED} as
        select
            file_number, line_number,
            {f"trim(c{layout.symbol})" if named else "?::varchar"} as symbol,
            c{layout.timestamp} as ts_text, {cells["close"]} as close_text,
            {timestamp_sql(f"c{layout.timestamp}")} as ts,
            {known["open"]} as open, {known["high"]} as high, {known["low"]} as low,
            {numbers["close"]} as close,
            {known["volume"]} as volume,
            case when false then null {" ".join(bad)} end as bad_number_text,
            case when false then null {" ".join(infinite)} end as infinite_text
        from {rows}
        """,
        [] if named else [symbol],
    )


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
)

_DUPLICATE_CHECK = Check(
    "bar_number > 1",
    ReasonCode.DUPLICATE_TIMESTAMP,
    "has a second and different bar of {}; keep one",
    "symbol || ' at ' || ts",
)


def _distinct_bars(
    connection: duckdb.DuckDBPyConnection, probe: FileProbe
) -> duckdb.DuckDBPyRelation:
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
    found = connection.sql(
        f"select symbol, ts, open, high, low, close, volume from {_PARSED} order by symbol, ts"
    ).to_arrow_table()
    if not found.num_rows:
        raise FaultyFileError(
            ReasonCode.TOO_FEW_ROWS, "has no bar; write it again", path=probe.path
        )
    return connection.from_arrow(found)


def _header_fault(
    probe: FileProbe, reason: str, code: ReasonCode = ReasonCode.MISSING_COLUMN
) -> FaultyFileError:
    return FaultyFileError(code, reason, path=probe.path, line=1)
