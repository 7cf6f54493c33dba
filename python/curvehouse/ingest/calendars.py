"""How many periods a year has, decided once for each curve and symbol, and kept.

A definition that looked at all rows would rescale the whole past of a curve when its character
changes late; so the first year of rows decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow as pa

from curvehouse.ingest.session import append_rows

__all__ = ["Subject", "decide_calendars", "periods_per_year"]

DEFAULT_PERIODS = 252.0
FIRST_DAYS = 253
MIN_DAYS = 20
DAYS_PER_YEAR = 365.25
_USUAL_PERIODS = (365.0, 252.0, 52.0, 12.0, 4.0)
_SNAP = 0.05

_COLUMNS = {
    "load_id": pa.int64(),
    "subject_kind": pa.string(),
    "subject_id": pa.string(),
    "periods_per_year": pa.float64(),
}
# A load of a curve is one backtest, and its number is quicker to group by than a name.
_TABLES = {"backtest": ("raw.equity", "load_id"), "symbol": ("raw.bars", "symbol")}


@dataclass(frozen=True)
class Subject:
    """A backtest or symbol that was just loaded.

    Attributes
    ----------
    load_id : int
        The load that brought it.
    subject_id : str
        The backtest_id or the symbol.
    symbol : str or None
        The symbol of a backtest, whose bars decide where the curve is too short.
    override : float or None
        What the user says it is.
    """

    load_id: int
    subject_id: str
    symbol: str | None = None
    override: float | None = None


def periods_per_year(day_count: int, first_day: date, last_day: date) -> float | None:
    """Return the daily rows per year, snapped to a usual number when within 5 %.

    Parameters
    ----------
    day_count : int
        Days that have a row, among the first 253.
    first_day, last_day : date
        The first and the last of them.

    Returns
    -------
    float or None
        None under 20 days.

    Examples
    --------
    >>> periods_per_year(253, date(2020, 1, 1), date(2020, 12, 31))
    252.0
    >>> periods_per_year(100, date(2020, 1, 1), date(2020, 7, 18))
    182.0
    """
    if day_count < MIN_DAYS:
        return None
    found = (day_count - 1) / ((last_day - first_day).days / DAYS_PER_YEAR)
    for usual in _USUAL_PERIODS:
        if abs(found / usual - 1) <= _SNAP:
            return usual
    return max(1.0, float(round(found)))


def decide_calendars(
    connection: duckdb.DuckDBPyConnection, kind: str, subjects: Sequence[Subject]
) -> None:
    """Append to ``raw.calendars`` what is decided now; earlier decisions stay.

    Parameters
    ----------
    connection : DuckDBPyConnection
        The working file, in the transaction that loaded the subjects.
    kind : {"backtest", "symbol"}
        What the subjects are.
    subjects : sequence of Subject
        Each once. One with an override gets a row where that differs from the decision so far.
    """
    known = _known(connection, kind, [subject.subject_id for subject in subjects])
    new = [subject for subject in subjects if subject.subject_id not in known]
    own = _own_periods(connection, kind, [s for s in new if s.override is None])
    symbols = sorted({s.symbol for s in new if s.symbol is not None})
    of_symbol = _known(connection, "symbol", symbols)
    rows = []
    for subject in subjects:
        decided = subject.override
        if decided is None and subject.subject_id not in known:
            decided = own.get(subject.subject_id) or of_symbol.get(subject.symbol or "")
            decided = decided or DEFAULT_PERIODS
        if decided is not None and decided != known.get(subject.subject_id):
            rows.append(
                {
                    "load_id": subject.load_id,
                    "subject_kind": kind,
                    "subject_id": subject.subject_id,
                    "periods_per_year": decided,
                }
            )
    append_rows(connection, "raw.calendars", _COLUMNS, rows)


def _known(
    connection: duckdb.DuckDBPyConnection, kind: str, subject_ids: Sequence[str]
) -> dict[str, float]:
    return dict(
        connection.execute(
            """
            select subject_id, arg_max(periods_per_year, load_id)
            from raw.calendars
            where subject_kind = ? and subject_id in (select unnest(?::varchar[]))
            group by subject_id
            """,
            [kind, list(subject_ids)],
        ).fetchall()
    )


def _own_periods(
    connection: duckdb.DuckDBPyConnection, kind: str, subjects: Sequence[Subject]
) -> dict[str, float | None]:
    """Return what the first days of each subject's new load say."""
    if not subjects:
        return {}
    load_ids = [subject.load_id for subject in subjects]
    bounds = [min(load_ids), max(load_ids)]
    found = _periods_of_daily(connection, kind, bounds)
    keys = {s.subject_id: s.load_id if kind == "backtest" else s.subject_id for s in subjects}
    if keys.values() - found.keys():
        found |= _periods_of_intraday(connection, kind, bounds, list(found))
    return {subject_id: found.get(key) for subject_id, key in keys.items()}


def _periods_of_daily(
    connection: duckdb.DuckDBPyConnection, kind: str, bounds: list[int]
) -> dict[object, float | None]:
    """Decide where the first moments are days of their own, as they nearly always are."""
    table, key = _TABLES[kind]
    rows = connection.execute(
        f"""
        with firsts as (
            select {key} as key, count(*) as row_count, min(ts, {FIRST_DAYS}) as moments
            from {table}
            where load_id between ? and ?
            group by {key}
        ),
        days as (
            select key, row_count, unnest(moments)::date as day
            from firsts
        )
        select key, count(distinct day), min(day), max(day)
        from days
        group by key
        having count(distinct day) = least(any_value(row_count), {FIRST_DAYS})
        """,
        bounds,
    ).fetchall()
    return {row[0]: periods_per_year(*row[1:]) for row in rows}


def _periods_of_intraday(
    connection: duckdb.DuckDBPyConnection, kind: str, bounds: list[int], decided: list[object]
) -> dict[object, float | None]:
    """Decide where days have several rows; this reads them all."""
    table, key = _TABLES[kind]
    rows = connection.execute(
        f"""
        with days as (
            select distinct {key} as key, ts::date as day
            from {table}
            where
                load_id between ? and ?
                and {key}::varchar not in (select unnest(?::varchar[]))
        ),
        firsts as (
            select key, unnest(min(day, {FIRST_DAYS})) as day
            from days
            group by key
        )
        select key, count(*), min(day), max(day)
        from firsts
        group by key
        """,
        [*bounds, [str(key) for key in decided]],
    ).fetchall()
    return {row[0]: periods_per_year(*row[1:]) for row in rows}
