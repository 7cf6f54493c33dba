"""Names of time zones, and the moments at which their clocks show a time."""

from __future__ import annotations

from datetime import datetime

import duckdb
import pytest

from curvehouse.readers.zones import (
    UnknownZoneError,
    day_sql,
    first_occurrence_sql,
    last_occurrence_sql,
    zone_of,
)


def occurrences(local: datetime, zone: str) -> tuple[datetime, datetime]:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        ((first, last),) = connection.execute(
            f"select {first_occurrence_sql('shown', zone)}, {last_occurrence_sql('shown', zone)} "
            "from (select ?::timestamp as shown)",
            [local],
        ).fetchall()
    return first, last


@pytest.mark.parametrize("name", ["UTC", "Etc/UTC", "Zulu"])
def test_utc_is_no_zone_of_its_own(name: str) -> None:
    assert zone_of(name) is None


@pytest.mark.parametrize("name", ["America/New_York", "Asia/Kolkata", "Etc/GMT+5", "EST", "GB"])
def test_names_of_the_database_stay_as_they_are(name: str) -> None:
    assert zone_of(name) == name


@pytest.mark.parametrize(
    "name", ["", "Mars/Base", "america/new_york", "IST", "PST", "+02:00", "UTC'; drop table x; --"]
)
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(UnknownZoneError, match="America/New_York"):
        zone_of(name)


@pytest.mark.parametrize(
    ("zone", "local", "first", "last"),
    [
        ("Europe/Berlin", datetime(2024, 1, 1), datetime(2023, 12, 31, 23), None),
        ("Europe/Berlin", datetime(2024, 7, 1), datetime(2024, 6, 30, 22), None),
        # Skipped in spring: 2:30 is 3:30.
        ("Europe/Berlin", datetime(2024, 3, 31, 2, 30), datetime(2024, 3, 31, 1, 30), None),
        ("America/New_York", datetime(2024, 3, 10, 2, 30), datetime(2024, 3, 10, 7, 30), None),
        # Skipped at midnight: the day begins at 1:00.
        ("America/Sao_Paulo", datetime(2018, 11, 4), datetime(2018, 11, 4, 3), None),
        # Twice in autumn.
        (
            "Europe/Berlin",
            datetime(2024, 10, 27, 2, 30),
            datetime(2024, 10, 27, 0, 30),
            datetime(2024, 10, 27, 1, 30),
        ),
        (
            "America/New_York",
            datetime(2024, 11, 3, 1),
            datetime(2024, 11, 3, 5),
            datetime(2024, 11, 3, 6),
        ),
        # By half an hour.
        (
            "Australia/Lord_Howe",
            datetime(2024, 4, 7, 1, 45),
            datetime(2024, 4, 6, 14, 45),
            datetime(2024, 4, 6, 15, 15),
        ),
        # Midnight twice.
        (
            "America/Havana",
            datetime(2024, 11, 3),
            datetime(2024, 11, 3, 4),
            datetime(2024, 11, 3, 5),
        ),
        ("Asia/Kolkata", datetime(2024, 3, 31, 2, 30), datetime(2024, 3, 30, 21), None),
    ],
)
def test_local_times_around_changes_of_the_clocks(
    zone: str, local: datetime, first: datetime, last: datetime | None
) -> None:
    assert occurrences(local, zone) == (first, last or first)


def test_what_is_in_no_history_stays_as_it_is() -> None:
    early = datetime(1, 1, 1)
    assert occurrences(early, "Europe/Berlin") == (early, early)


def test_a_day_is_counted_in_its_zone() -> None:
    with duckdb.connect() as connection:
        days = connection.execute(
            f"select {day_sql('ts', None)}::varchar, {day_sql('ts', 'Asia/Kolkata')}::varchar "
            "from (select timestamp '2024-01-01 18:30:00' as ts)"
        ).fetchall()
    assert days == [("2024-01-01", "2024-01-02")]
