"""The first year of days of curves, trades and bars, read back from the raw tables."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Protocol

import duckdb

from curvehouse.ingest.frequency import FIRST_ROWS, MONTHLY_GAPS, WEEKLY_GAPS, FirstYear

__all__ = [
    "bar_day_counts",
    "bars_begun_otherwise",
    "curves_begun_otherwise",
    "first_years_of_bars",
    "first_years_of_curves",
    "first_years_of_trades",
]

# By the load that brought the rows, and the backtest or symbol that they are of.
FirstYears = dict[tuple[int, str], FirstYear]
Span = tuple[str, date, date]
# A backtest or symbol, and two loads of it: the one that is known, and the new one.
TwoLoads = tuple[str, int, int]

_YEAR_DAYS = 365


class Loaded(Protocol):
    """What is asked of a subject."""

    @property
    def load_id(self) -> int: ...
    @property
    def subject_id(self) -> str: ...
    @property
    def timezone(self) -> str | None: ...
    @property
    def is_daily(self) -> bool: ...


def first_years_of_curves(
    connection: duckdb.DuckDBPyConnection, subjects: Sequence[Loaded]
) -> FirstYears:
    """Return the first year of curves in ``raw.equity``."""
    daily = [subject for subject in subjects if subject.is_daily]
    found = _of_daily_curves(connection, daily) if daily else {}
    rest = [
        subject
        for subject in subjects
        if (year := found.get((subject.load_id, subject.subject_id))) is None or year.needs_gaps
    ]
    return found | _of_days(connection, "raw.equity", "ts", rest)


def first_years_of_trades(
    connection: duckdb.DuckDBPyConnection, subjects: Sequence[Loaded]
) -> FirstYears:
    """Return the first year of days on which trades in ``raw.trades`` begin."""
    return _of_days(connection, "raw.trades", "entry_at", subjects)


def first_years_of_bars(
    connection: duckdb.DuckDBPyConnection, subjects: Sequence[Loaded]
) -> FirstYears:
    """Return the first year of bars in ``raw.bars``; the subjects are symbols."""
    return _of_days(connection, "raw.bars", "ts", subjects, subject_column="symbol")


def curves_begun_otherwise(
    connection: duckdb.DuckDBPyConnection, loads: Sequence[TwoLoads]
) -> list[str]:
    """Return the backtests whose new curve does not begin with the times of the known one."""
    return _begun_otherwise(connection, "raw.equity", "''", loads)


def bars_begun_otherwise(
    connection: duckdb.DuckDBPyConnection, loads: Sequence[TwoLoads]
) -> list[str]:
    """Return the symbols whose new bars do not begin with the times of the known ones."""
    return _begun_otherwise(connection, "raw.bars", "symbol", loads)


def bar_day_counts(
    connection: duckdb.DuckDBPyConnection, spans: Collection[Span]
) -> dict[Span, int]:
    """Return the days on which symbols have bars in a span, where their bars reach over it all."""
    wanted = sorted(spans)
    rows = connection.execute(
        """
        with wanted as (
            select
                unnest(?::varchar[]) as symbol,
                unnest(?::date[]) as first_day,
                unnest(?::date[]) as last_day
        ),
        bar_days as (
            select distinct symbol, ts::date as bar_day
            from raw.bars
            where symbol in (select symbol from wanted)
        )
        select
            symbol, first_day, last_day,
            count(*) filter (bar_day between first_day and last_day)
        from wanted
        inner join bar_days using (symbol)
        group by symbol, first_day, last_day
        having min(bar_day) <= first_day and max(bar_day) >= last_day
        """,
        [[span[0] for span in wanted], [span[1] for span in wanted], [span[2] for span in wanted]],
    ).fetchall()
    return {(symbol, first, last): count for symbol, first, last, count in rows}


def _begun_otherwise(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    subject_column: str,
    loads: Sequence[TwoLoads],
) -> list[str]:
    """Compare the first rows of loads; ``subject_column`` tells apart what one load holds."""
    rows = connection.execute(
        f"""
        with loads as (
            select
                unnest(?::varchar[]) as subject_id,
                unnest(?::bigint[]) as known_id,
                unnest(?::bigint[]) as new_id
        ),
        firsts as (
            select load_id, {subject_column} as part, min(ts, {_YEAR_DAYS + 1}) as moments
            from {table}
            where load_id in (select known_id from loads union all select new_id from loads)
            group by load_id, part
        )
        select loads.subject_id
        from loads
        inner join firsts as known
            on loads.known_id = known.load_id and known.part in ('', loads.subject_id)
        inner join firsts as new
            on loads.new_id = new.load_id and new.part in ('', loads.subject_id)
        where
            known.moments[1:least(len(known.moments), len(new.moments))]
            <> new.moments[1:least(len(known.moments), len(new.moments))]
        """,
        [list(column) for column in zip(*loads, strict=True)],
    ).fetchall()
    return [subject_id for (subject_id,) in rows]


def _of_daily_curves(
    connection: duckdb.DuckDBPyConnection, subjects: Sequence[Loaded]
) -> FirstYears:
    """Read curves that have a row a day at most, which nearly all have; gaps stay unknown."""
    load_ids = {subject.load_id: subject.subject_id for subject in subjects}
    rows = connection.execute(
        f"""
        with firsts as (
            select load_id, min(ts, {_YEAR_DAYS + 1}) as moments
            from raw.equity
            where load_id between ? and ?
            group by load_id
        ),
        years as (
            select
                load_id, moments,
                list_filter(
                    moments, lambda moment: moment::date < moments[1]::date + {_YEAR_DAYS}
                ) as year
            from firsts
        )
        select
            load_id,
            moments[1]::date,
            least(len(moments), {FIRST_ROWS}),
            moments[least(len(moments), {FIRST_ROWS})]::date,
            len(year),
            year[-1]::date,
            len(list_filter(year, lambda moment: isodow(moment) = 6))
        from years
        """,
        [min(load_ids), max(load_ids)],
    ).fetchall()
    return {
        (load_id, load_ids[load_id]): FirstYear(*values)
        for load_id, *values in rows
        if load_id in load_ids
    }


def _of_days(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    moment: str,
    subjects: Sequence[Loaded],
    *,
    subject_column: str | None = None,
) -> FirstYears:
    """Read all rows of the subjects' loads, counting days where the subjects count them."""
    if not subjects:
        return {}
    load_ids = [subject.load_id for subject in subjects]
    # A load of bars has many symbols; other loads are of one backtest.
    of_subject = f"and loaded.{subject_column} = subjects.subject_id" if subject_column else ""
    rows = connection.execute(
        f"""
        with subjects as (
            select
                unnest(?::bigint[]) as load_id,
                unnest(?::varchar[]) as subject_id,
                unnest(?::varchar[]) as zone
        ),
        days as (
            select distinct
                subjects.load_id, subjects.subject_id,
                case
                    when zone is null then {moment}::date
                    else ({moment} at time zone 'UTC' at time zone zone)::date
                end as day
            from {table} as loaded
            inner join subjects
                on loaded.load_id = subjects.load_id {of_subject}
            where loaded.load_id between ? and ?
        ),
        numbered as (
            select
                *,
                row_number() over by_day as day_number,
                min(day) over (partition by load_id, subject_id) as first_day,
                day - lag(day) over by_day as gap
            from days
            window by_day as (partition by load_id, subject_id order by day)
        )
        select
            load_id, subject_id, min(first_day),
            count(*) filter (day_number <= {FIRST_ROWS}),
            max(day) filter (day_number <= {FIRST_ROWS}),
            count(*) filter (day < first_day + {_YEAR_DAYS}),
            max(day) filter (day < first_day + {_YEAR_DAYS}),
            count(*) filter (day < first_day + {_YEAR_DAYS} and isodow(day) = 6),
            count(*) filter (day < first_day + {_YEAR_DAYS} and {_gap_between(WEEKLY_GAPS)}),
            count(*) filter (day < first_day + {_YEAR_DAYS} and {_gap_between(MONTHLY_GAPS)})
        from numbered
        group by load_id, subject_id
        """,
        [
            load_ids,
            [subject.subject_id for subject in subjects],
            [subject.timezone for subject in subjects],
            min(load_ids),
            max(load_ids),
        ],
    ).fetchall()
    return {(row[0], row[1]): FirstYear(*row[2:]) for row in rows}


def _gap_between(bounds: tuple[int, int]) -> str:
    return f"gap between {bounds[0]} and {bounds[1]}"
