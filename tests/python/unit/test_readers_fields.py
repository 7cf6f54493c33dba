"""What a text cell means as a moment."""

from __future__ import annotations

from datetime import datetime

import duckdb
import pytest

from curvehouse.readers.fields import is_local_sql, timestamp_sql


def read(text: str) -> tuple[datetime | None, bool]:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        ((moment, is_local),) = connection.execute(
            f"select {timestamp_sql('cell')}, {is_local_sql('cell')} from (select ? as cell)",
            [text],
        ).fetchall()
    return moment, is_local


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("157766400", datetime(1975, 1, 1)),
        ("1577836800", datetime(2020, 1, 1)),
        (" 1577836800 ", datetime(2020, 1, 1)),
        ("1577836800.0", datetime(2020, 1, 1)),
        ("1577836800.5", datetime(2020, 1, 1, 0, 0, 0, 500_000)),
        ("1577836800.123456789", datetime(2020, 1, 1, 0, 0, 0, 123_457)),
        ("157766400000", datetime(1975, 1, 1)),
        ("1577836800123", datetime(2020, 1, 1, 0, 0, 0, 123_000)),
        ("157766400000000", datetime(1975, 1, 1)),
        ("1577836800123456", datetime(2020, 1, 1, 0, 0, 0, 123_456)),
        ("157766400000000000", datetime(1975, 1, 1)),
        ("1577836800123456789", datetime(2020, 1, 1, 0, 0, 0, 123_456)),
        ("2020-01-01T10:00:00-05:00", datetime(2020, 1, 1, 15)),
        ("2020-01-01T10:00Z", datetime(2020, 1, 1, 10)),
        ("2020-01-01 10:00:00 America/New_York", datetime(2020, 1, 1, 15)),
    ],
)
def test_epochs_and_times_with_an_offset_are_moments(text: str, moment: datetime) -> None:
    assert read(text) == (moment, False)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("20200102", datetime(2020, 1, 2)),
        ("2020-01-02", datetime(2020, 1, 2)),
        ("2020-01-02T10:30", datetime(2020, 1, 2, 10, 30)),
        ("2020-01-02 10:30:00.25", datetime(2020, 1, 2, 10, 30, 0, 250_000)),
    ],
)
def test_dates_and_times_without_an_offset_are_local(text: str, moment: datetime) -> None:
    assert read(text) == (moment, True)


@pytest.mark.parametrize(
    "text",
    [
        "2020",
        "2020010",
        "20201332",
        "20200102.5",
        "15778368001",
        "15778368001234",
        "15778368001234567",
        "1577836800123.5",
        "9999999999999999999",
        "15778368001234567890",
        "1577836800.",
        "1577836800.5.5",
        "-1577836800",
        "1.5778368e9",
        ".",
        "",
    ],
)
def test_other_numbers_are_no_moments(text: str) -> None:
    assert read(text)[0] is None
