"""Which calendar a curve or symbol keeps: decided once, from its first year of rows, and kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import duckdb
import pyarrow as pa

from curvehouse.ingest.first_years import (
    bar_day_counts,
    bars_begun_otherwise,
    curves_begun_otherwise,
    first_years_of_bars,
    first_years_of_curves,
    first_years_of_trades,
)
from curvehouse.ingest.frequency import FirstYear, Frequency, decide_frequency, periods_per_year
from curvehouse.ingest.session import append_rows

__all__ = ["Subject", "decide_calendars"]

_COLUMNS = {
    "load_id": pa.int64(),
    "subject_kind": pa.string(),
    "subject_id": pa.string(),
    "periods_per_year": pa.float64(),
    "frequency": pa.string(),
    "has_weekends": pa.bool_(),
    "decided_periods_per_year": pa.float64(),
}
_READERS = {
    "backtest": first_years_of_curves,
    "trades": first_years_of_trades,
    "symbol": first_years_of_bars,
}
_COMPARERS = {
    "backtest": curves_begun_otherwise,
    # They are sparse whenever their trades begin.
    "trades": lambda _connection, _loads: [],
    "symbol": bars_begun_otherwise,
}


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
        The symbol of a backtest, whose bars are its calendar.
    override : float or None
        What the user says its periods per year are.
    timezone : str or None
        Where its days are counted, else UTC.
    is_daily : bool
        Known to have one row a day at most, and days of UTC.
    """

    load_id: int
    subject_id: str
    symbol: str | None = None
    override: float | None = None
    timezone: str | None = None
    is_daily: bool = False


def decide_calendars(
    connection: duckdb.DuckDBPyConnection, kind: str, subjects: Sequence[Subject]
) -> None:
    """Append to ``raw.calendars`` what is decided now; earlier decisions stay.

    Parameters
    ----------
    connection : DuckDBPyConnection
        The working file, in the transaction that loaded the subjects.
    kind : {"backtest", "trades", "symbol"}
        What the subjects are: backtests with a curve, backtests with trades and no curve, or
        symbols with bars.
    subjects : sequence of Subject
        Each once. What was decided before is decided again only where a curve or symbol does not
        begin with the same times any more; one that brought no row is not decided.
    """
    known = _known(connection, kind, [subject.subject_id for subject in subjects])
    for name in _begun_otherwise(connection, kind, subjects, known):
        del known[name]
    new = [subject for subject in subjects if subject.subject_id not in known]
    decided = {**known, **_decide(connection, kind, new)}
    rows = []
    for subject in subjects:
        decision = decided.get(subject.subject_id)
        if decision is None:
            continue
        periods = subject.override or decision.decided_periods_per_year
        decision = replace(decision, periods_per_year=periods)
        if decision != known.get(subject.subject_id):
            rows.append(
                {
                    "load_id": subject.load_id,
                    "subject_kind": kind,
                    "subject_id": subject.subject_id,
                    "periods_per_year": decision.periods_per_year,
                    "frequency": decision.frequency,
                    "has_weekends": decision.has_weekends,
                    "decided_periods_per_year": decision.decided_periods_per_year,
                }
            )
    append_rows(connection, "raw.calendars", _COLUMNS, rows)


@dataclass(frozen=True)
class _Decision:
    """What was decided on the first rows of a load, and the periods per year that hold now."""

    periods_per_year: float
    frequency: str | None
    has_weekends: bool | None
    decided_periods_per_year: float
    load_id: int = field(default=0, compare=False)


def _decide(
    connection: duckdb.DuckDBPyConnection, kind: str, subjects: Sequence[Subject]
) -> dict[str, _Decision]:
    if not subjects:
        return {}
    years = _READERS[kind](connection, subjects)
    of_symbol = _known(connection, "symbol", sorted({s.symbol for s in subjects if s.symbol}))
    bar_days = _bar_days(connection, subjects, years) if of_symbol else {}
    found = {}
    for subject in subjects:
        year = years.get((subject.load_id, subject.subject_id))
        if year is None:
            continue
        symbol = of_symbol.get(subject.symbol or "")
        frequency = None
        if kind == "backtest":
            frequency = decide_frequency(year, bar_days.get(subject.subject_id))
        elif kind == "trades":
            frequency = Frequency.SPARSE
        periods = periods_per_year(year, frequency, symbol.periods_per_year if symbol else None)
        found[subject.subject_id] = _Decision(periods, frequency, year.has_weekends, periods)
    return found


def _begun_otherwise(
    connection: duckdb.DuckDBPyConnection,
    kind: str,
    subjects: Sequence[Subject],
    known: Mapping[str, _Decision],
) -> list[str]:
    """Return the subjects whose load does not begin as the one that they were decided on."""
    loads = [
        (subject.subject_id, known[subject.subject_id].load_id, subject.load_id)
        for subject in subjects
        if subject.subject_id in known
    ]
    return _COMPARERS[kind](connection, loads) if loads else []


def _bar_days(
    connection: duckdb.DuckDBPyConnection,
    subjects: Sequence[Subject],
    years: Mapping[tuple[int, str], FirstYear],
) -> dict[str, int]:
    spans = {}
    for subject in subjects:
        year = years.get((subject.load_id, subject.subject_id))
        if year is not None and subject.symbol is not None:
            spans[subject.subject_id] = (subject.symbol, year.first_day, year.last_day)
    counts = bar_day_counts(connection, set(spans.values()))
    return {name: counts[span] for name, span in spans.items() if span in counts}


def _known(
    connection: duckdb.DuckDBPyConnection, kind: str, subject_ids: Sequence[str]
) -> dict[str, _Decision]:
    found = connection.execute(
        """
        select
            subject_id, periods_per_year, frequency, has_weekends,
            coalesce(decided_periods_per_year, periods_per_year), load_id
        from raw.calendars
        where subject_kind = ? and subject_id in (select unnest(?::varchar[]))
        qualify row_number() over (partition by subject_id order by load_id desc) = 1
        """,
        [kind, list(subject_ids)],
    ).fetchall()
    return {row[0]: _Decision(*row[1:]) for row in found}
