"""Daily returns of factors: a long table, or a wide one with a column per factor."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from curvehouse.readers.checks import Check, first_faults
from curvehouse.readers.content import MAX_BYTES
from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.fields import (
    find_timestamp_columns,
    is_out_of_range_sql,
    normalised_name,
    number_sql,
    timestamp_sql,
)
from curvehouse.readers.french import MISSING_RETURNS, french_section
from curvehouse.readers.magnitudes import LARGEST_RETURN, is_too_large_sql
from curvehouse.readers.probe import FileProbe, probe_file
from curvehouse.readers.row_counts import RowCounts, counted_rows
from curvehouse.readers.text_rows import only_text_rows
from curvehouse.readers.wide import check_names, wide_cells

__all__ = ["ParsedFactors", "parsed_factors", "probe_factors"]

_VALUE_NAMES = ("value", "return", "factor return")
_PARSED = "curvehouse_parsed_factors"


def probe_factors(path: Path, *, max_bytes: int = MAX_BYTES) -> FileProbe:
    """Look at a file of factors; see `curvehouse.readers.probe.probe_file`."""
    return probe_file(path, max_bytes=max_bytes, find_section=french_section)


@dataclass(frozen=True)
class ParsedFactors:
    """The factor returns of a file.

    Attributes
    ----------
    table : str
        A temporary table with ``factor, factor_position`` (from 1, in the file's order),
        ``factor_date, factor_return`` (decimal) among its columns, in no order. Empty and NaN
        cells are left out.
    counts : RowCounts
        What was put right.
    """

    table: str
    counts: RowCounts


@contextmanager
def parsed_factors(
    connection: duckdb.DuckDBPyConnection, probe: FileProbe, *, is_percent: bool = False
) -> Iterator[ParsedFactors]:
    """Parse and judge a file of factor returns.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Where the table is made; it is dropped at the end of the block. Its TimeZone is UTC.
    probe : FileProbe
        A file with a date column (what `timestamp_sql` reads; its day in UTC counts) and either
        ``factor`` and ``value`` (or ``return``), or a column of returns each, named after it;
        or a file in the format of `curvehouse.readers.french`, of which the first table is read.
    is_percent : bool
        The returns run in per cent, as those of that format always do. Units are said, never
        guessed.

    Raises
    ------
    FaultyFileError
        When the file can't be accepted whole.
    """
    timestamps = find_timestamp_columns(probe.header)
    if not timestamps:
        raise FaultyFileError(
            ReasonCode.MISSING_COLUMN,
            "has no date column; name one 'date', in the first line of the file",
            path=probe.path,
            line=1,
        )
    try:
        with only_text_rows(connection, probe) as rows:
            _parse(connection, probe, rows, timestamps[0])
        if probe.section is not None:
            is_percent = True
            _drop_missing(connection)
        scale = 100.0 if is_percent else 1.0
        checks = [*_CHECKS, _magnitude_check(scale)]
        for fault in first_faults(connection, _PARSED, checks, [probe]).values():
            raise fault
        _keep_distinct(connection, probe, scale=scale)
        counts = counted_rows(connection, _PARSED, "factor_date", keys=["factor"])
        if not counts:
            reason = "has no return; write it again"
            raise FaultyFileError(ReasonCode.TOO_FEW_ROWS, reason, path=probe.path)
        yield ParsedFactors(_PARSED, counts[0])
    finally:
        connection.execute(f"drop table if exists {_PARSED}")


def _parse(
    connection: duckdb.DuckDBPyConnection, probe: FileProbe, rows: str, timestamp: int
) -> None:
    names = {normalised_name(name): index for index, name in enumerate(probe.header)}
    value = next((names[name] for name in _VALUE_NAMES if name in names), None)
    if "factor" in names and value is not None:
        cells = f"""(
            select
                file_number, line_number, trim(c{names["factor"]}) as name,
                min(line_number) over (partition by trim(c{names["factor"]})) as name_position,
                c{timestamp} as ts_text, c{value} as value_text
            from {rows}
            where c{value} is not null
        )"""
        _parse_cells(connection, cells)
        return
    factors = {index: name for index, name in enumerate(probe.header) if index != timestamp}
    check_names(probe, list(factors.values()))
    with wide_cells(connection, rows, timestamp, factors) as cells:
        _parse_cells(connection, cells)


def _parse_cells(connection: duckdb.DuckDBPyConnection, cells: str) -> None:
    connection.execute(
        f"""
        create or replace temp table {_PARSED} as
        select
            file_number, line_number, name, name_position, ts_text, value_text,
            {timestamp_sql("ts_text")} as ts,
            {number_sql("value_text")} as value
        from {cells}
        where trim(value_text) <> '' and not coalesce(isnan(value), false)
        """
    )


def _drop_missing(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        f"delete from {_PARSED} where value in (select unnest(?::double[]))", [MISSING_RETURNS]
    )


_CHECKS = (
    Check("coalesce(name, '') = ''", ReasonCode.MISSING_VALUE, "has a return without a factor"),
    Check(
        is_out_of_range_sql("ts"),
        ReasonCode.BAD_TIMESTAMP,
        "has {} where a date (YYYY-MM-DD or YYYYMMDD) is needed",
        "ts_text",
    ),
    Check("value is null", ReasonCode.BAD_NUMBER, "has {} as a return", "value_text"),
    Check("not isfinite(value)", ReasonCode.NON_FINITE, "has {} as a return", "value_text"),
)


def _magnitude_check(scale: float) -> Check:
    return Check(
        is_too_large_sql("value", LARGEST_RETURN * scale),
        ReasonCode.OUT_OF_RANGE,
        "has the return {}; as a decimal fraction it must be below 1e6 in size",
        "value_text",
    )


_DUPLICATE_CHECK = Check(
    "return_number > 1",
    ReasonCode.DUPLICATE_TIMESTAMP,
    "has a second and different return of {}; keep one",
    "factor || ' on ' || factor_date",
)


def _keep_distinct(
    connection: duckdb.DuckDBPyConnection, probe: FileProbe, *, scale: float
) -> None:
    connection.execute(
        f"""
        create or replace temp table {_PARSED} as
        select
            file_number, name as factor,
            dense_rank() over (order by name_position)::integer as factor_position,
            ts::date as factor_date, value / ? as factor_return,
            min(line_number) as line_number, count(*) as copies,
            row_number() over (
                partition by name, ts::date order by min(line_number)
            ) as return_number
        from {_PARSED}
        group by file_number, name, name_position, ts::date, value
        """,
        [scale],
    )
    for fault in first_faults(connection, _PARSED, [_DUPLICATE_CHECK], [probe]).values():
        raise fault
