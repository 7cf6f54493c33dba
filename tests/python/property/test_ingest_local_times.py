"""Local times of any zone come back as the moments that they were written at."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from curvehouse.ingest.curves import load_curves
from curvehouse.ingest.ledger import RowCounts
from curvehouse.ingest.numbered import NumberedFile
from curvehouse.raw import ensure_raw_tables
from curvehouse.readers.probe import probe_file
from curvehouse.readers.zones import with_occurrences_sql

ZONES = st.sampled_from(
    [
        "America/New_York",
        "America/Sao_Paulo",
        "America/St_Johns",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
        "Europe/Berlin",
        "Pacific/Auckland",
    ]
)
# Later rules may differ between the databases of DuckDB and of the system.
DAYS = st.dates(date(1990, 1, 1), date(2023, 12, 1))
# Days in whose surroundings the clocks of one of the zones were changed.
CHANGES = st.sampled_from(
    [
        date(2010, 11, 6),
        date(2018, 2, 17),
        date(2018, 11, 3),
        date(2023, 3, 11),
        date(2023, 3, 25),
        date(2023, 4, 1),
        date(2023, 10, 28),
        date(2023, 11, 4),
    ]
)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("set TimeZone = 'UTC'")
        ensure_raw_tables(opened)
        yield opened


def loaded(
    connection: duckdb.DuckDBPyConnection, cells: list[str], zone: str, *, by_path: bool
) -> tuple[list[datetime], RowCounts]:
    """Load a curve whose rows have these times; return its moments in the file's order."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "curve.csv"
        rows = [f"{cell},{100 + number}" for number, cell in enumerate(cells)]
        path.write_text("\n".join(["ts,equity", *rows]))
        connection.execute("begin transaction")
        try:
            file = NumberedFile(1, "x", probe_file(path))
            loads = load_curves(connection, [file], by_path=by_path, zone=zone)
            found = connection.execute("select ts from raw.equity order by equity").fetchall()
            return [ts for (ts,) in found], loads.row_counts[1]
        finally:
            connection.execute("rollback")


def utc(local: datetime, zone: str) -> datetime:
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)


@settings(max_examples=100)
@given(day=DAYS | CHANGES, seconds=st.integers(0, 899), zone=ZONES)
def test_first_occurrences_are_those_of_python(
    connection: duckdb.DuckDBPyConnection, day: date, seconds: int, zone: str
) -> None:
    start = datetime.combine(day, time()) + timedelta(seconds=seconds)
    shown = [start + timedelta(minutes=15 * number) for number in range(4 * 72)]
    rows = with_occurrences_sql("(select unnest(?::timestamp[]) as shown)", "shown", zone)
    found = connection.execute(f"select shown, first_at from {rows}", [shown]).fetchall()
    assert dict(found) == {local: utc(local, zone) for local in shown}


@settings(max_examples=60)
@given(
    day=DAYS | CHANGES,
    step=st.sampled_from([15, 30, 60]),
    count=st.integers(2, 300),
    zone=ZONES,
    backwards=st.booleans(),
)
def test_regular_rows_keep_every_moment(
    connection: duckdb.DuckDBPyConnection,
    day: date,
    step: int,
    count: int,
    zone: str,
    *,
    backwards: bool,
) -> None:
    # Clocks put back by half an hour show some hourly rows' second occurrence and not their first.
    assume(zone != "Australia/Lord_Howe" or step < 60)
    # At noon no clocks are changed.
    start = utc(datetime.combine(day, time(12)), zone)
    moments = [start + timedelta(minutes=step * number) for number in range(count)]
    moments = moments[::-1] if backwards else moments
    there = [
        at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) for at in moments
    ]
    found, counts = loaded(connection, [str(at) for at in there], zone, by_path=True)
    assert found == moments
    days = len({at.date() for at in there})
    assert counts == RowCounts(count, days, 0, count - 1 if backwards else 0)


@settings(max_examples=60)
@given(
    days=st.sets(DAYS | CHANGES, min_size=2, max_size=20),
    zone=ZONES,
    has_clock=st.booleans(),
    by_path=st.booleans(),
)
def test_each_date_is_a_day_of_its_own(
    connection: duckdb.DuckDBPyConnection,
    days: set[date],
    zone: str,
    *,
    has_clock: bool,
    by_path: bool,
) -> None:
    cells = [f"{day} 00:00" if has_clock else str(day) for day in sorted(days)]
    found, counts = loaded(connection, cells, zone, by_path=by_path)
    assert found == [utc(datetime.combine(day, time()), zone) for day in sorted(days)]
    assert counts == RowCounts(len(days), len(days))
