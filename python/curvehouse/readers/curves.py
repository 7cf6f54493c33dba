"""Curves of account equity, one file each, as text that is cast and judged row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

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
from curvehouse.readers.magnitudes import is_too_odd_sql
from curvehouse.readers.probe import FileProbe
from curvehouse.readers.row_counts import RowCounts, counted_rows
from curvehouse.readers.text_rows import text_rows

__all__ = [
    "EQUITY_NAMES",
    "MIN_CURVE_ROWS",
    "CurveColumns",
    "ParsedCurves",
    "curve_columns",
    "parsed_curves",
]

MIN_CURVE_ROWS = 2

EQUITY_NAMES = frozenset(
    {
        "equity",
        "account equity",
        "account value",
        "balance",
        "nav",
        "net asset value",
        "net liquidation",
        "portfolio value",
        "total equity",
        "total value",
        "value",
    }
)
_PARSED = "curvehouse_parsed_curves"


@dataclass(frozen=True)
class CurveColumns:
    """Where a curve's two columns stand in the header."""

    timestamp: int
    equity: int


@dataclass(frozen=True)
class ParsedCurves:
    """The rows of the curves that are good, and what is wrong with the others.

    Attributes
    ----------
    table : str
        A temporary table ``file_number, ts, equity``, without exact duplicates.
    counts : dict of int to RowCounts
        By file number, of the good ones.
    faults : dict of int to FaultyFileError
        By file number.
    """

    table: str
    counts: dict[int, RowCounts]
    faults: dict[int, FaultyFileError]


def curve_columns(
    probe: FileProbe, *, ts_column: str | None = None, equity_column: str | None = None
) -> CurveColumns:
    """Find the columns of a curve by their names.

    Parameters
    ----------
    probe : FileProbe
        The file.
    ts_column, equity_column : str, optional
        Their names in the header, where they are not usual ones.

    Raises
    ------
    FaultyFileError
        When one is missing, or more than one could be meant.
    """
    timestamps = find_timestamp_columns(probe.header)
    equities = [
        index for index, name in enumerate(probe.header) if normalised_name(name) in EQUITY_NAMES
    ]
    return CurveColumns(
        _the_column(probe, "ts", timestamps, ts_column),
        _the_column(probe, "equity", equities, equity_column),
    )


@contextmanager
def parsed_curves(
    connection: duckdb.DuckDBPyConnection,
    probes: Sequence[FileProbe],
    columns: CurveColumns,
    *,
    by_path: bool = True,
    zone: str | None = None,
) -> Iterator[ParsedCurves]:
    """Parse and judge curves that share a header.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Where the table is made; it is dropped at the end of the block. Its TimeZone is UTC.
    probes : sequence of FileProbe
        The files; their positions are the file numbers.
    columns : CurveColumns
        Where their columns stand.
    by_path : bool
        See `text_rows`.
    zone : str or None
        Of times without an offset; see `curvehouse.readers.local_times`.
    """
    with text_rows(connection, probes, by_path=by_path) as rows:
        try:
            faults = dict(rows.faults)
            _parse(connection, rows.table, columns)
            place_rows(connection, _PARSED, zone)
            faults |= first_faults(connection, _PARSED, _CELL_CHECKS, probes)
            _keep_distinct(connection, faults)
            faults |= first_faults(connection, _PARSED, _ORDER_CHECKS, probes)
            faults |= _too_short(connection, probes, faults)
            _delete(connection, faults)
            yield ParsedCurves(_PARSED, counted_rows(connection, _PARSED, "ts", zone=zone), faults)
        finally:
            connection.execute(f"drop table if exists {_PARSED}")


def _the_column(probe: FileProbe, name: str, usual: list[int], wanted: str | None) -> int:
    if wanted is not None:
        if wanted in probe.header:
            return probe.header.index(wanted)
        usual = []
    named_so = [index for index in usual if normalised_name(probe.header[index]) == name]
    found = named_so or usual
    if len(found) == 1:
        return found[0]
    header = ", ".join(repr(column) for column in probe.header)
    if not found:
        code, what = ReasonCode.MISSING_COLUMN, f"has no column {wanted or name!r}"
    else:
        code, what = ReasonCode.DUPLICATE_COLUMN, f"has several columns that could be {name!r}"
    reason = f"{what} among {header}; name one so"
    raise FaultyFileError(code, reason, path=probe.path, line=1)


def _parse(connection: duckdb.DuckDBPyConnection, rows: str, columns: CurveColumns) -> None:
    ts, equity = f"c{columns.timestamp}", f"c{columns.equity}"
    connection.execute(
        f"""
        create or replace temp table {_PARSED} as
        select
            file_number, line_number, {ts} as ts_text, {equity} as equity_text,
            {timestamp_sql(ts)} as ts,
            {number_sql(equity)} as equity
        from {rows}
        """
    )


# A number too small for a DOUBLE is read as zero, which would mean ruin.
_IS_UNDERFLOW = "(equity = 0 and regexp_matches(equity_text, '^[^eE]*[1-9]'))"

_CELL_CHECKS = (
    Check(
        is_out_of_range_sql("ts"),
        ReasonCode.BAD_TIMESTAMP,
        "has {} where an ISO date or timestamp is needed",
        "ts_text",
    ),
    Check("equity is null", ReasonCode.BAD_NUMBER, "has {} as equity", "equity_text"),
    Check("not isfinite(equity)", ReasonCode.NON_FINITE, "has {} as equity", "equity_text"),
    Check(
        "equity < 0",
        ReasonCode.NON_POSITIVE_EQUITY,
        "has the equity {}; a curve may end at zero and not below",
        "equity_text",
    ),
    Check(
        f"{is_too_odd_sql('equity')} or {_IS_UNDERFLOW}",
        ReasonCode.OUT_OF_RANGE,
        "has the equity {}; it must be within 1e-30 and 1e30, so use another unit",
        "equity_text",
    ),
)

_ORDER_CHECKS = (
    Check(
        "ts = previous_ts",
        ReasonCode.DUPLICATE_TIMESTAMP,
        "has a second and different equity at {}; keep one",
        "ts",
    ),
    Check(
        "equity = 0 and previous_ts is null",
        ReasonCode.NON_POSITIVE_EQUITY,
        "starts at zero; a curve needs a positive first equity",
    ),
    Check(
        "equity > 0 and previous_equity = 0",
        ReasonCode.NON_POSITIVE_EQUITY,
        "comes back to {} after zero; a curve that reaches zero stays there",
        "equity",
    ),
)


def _keep_distinct(
    connection: duckdb.DuckDBPyConnection, faults: dict[int, FaultyFileError]
) -> None:
    _delete(connection, faults)
    connection.execute(
        f"""
        create or replace temp table {_PARSED} as
        select
            file_number, min(line_number) as line_number, ts, equity, count(*) as copies,
            lag(ts) over in_time as previous_ts,
            lag(equity) over in_time as previous_equity
        from {_PARSED}
        group by file_number, ts, equity
        window in_time as (partition by file_number order by ts, min(line_number))
        """
    )


def _too_short(
    connection: duckdb.DuckDBPyConnection,
    probes: Sequence[FileProbe],
    faults: dict[int, FaultyFileError],
) -> dict[int, FaultyFileError]:
    counts = dict(
        connection.execute(
            f"select file_number, count(*) from {_PARSED} group by file_number"
        ).fetchall()
    )
    return {
        number: FaultyFileError(
            ReasonCode.TOO_FEW_ROWS,
            f"has too few rows ({counts.get(number, 0)}); a curve needs {MIN_CURVE_ROWS}",
            path=probe.path,
        )
        for number, probe in enumerate(probes)
        if number not in faults and counts.get(number, 0) < MIN_CURVE_ROWS
    }


def _delete(connection: duckdb.DuckDBPyConnection, faults: dict[int, FaultyFileError]) -> None:
    if faults:
        connection.execute(
            f"delete from {_PARSED} where file_number in (select unnest(?::integer[]))",
            [list(faults)],
        )
