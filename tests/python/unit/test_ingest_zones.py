"""Files of a time zone: no hour and no day of theirs is lost, made or refused."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curvehouse.errors import UsageError
from curvehouse.home import Home
from curvehouse.ingest import (
    ImportedBacktest,
    ReasonCode,
    ingest_bars,
    ingest_equity,
    ingest_factors,
    ingest_runs,
)
from raw_rows import rows_of
from run_folder import TRADES_HEADER, RunFolder

ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata"]
MINE = ImportedBacktest("mine", "trend")
DAYS = [date(2024, 1, 1) + timedelta(days=number) for number in range(366)]


def hours_of_2024(zone: str) -> list[datetime]:
    """Return the moments, in UTC, of all hours of a zone's year 2024."""
    first, end = (utc(datetime(year, 1, 1), zone) for year in (2024, 2025))
    return [first + timedelta(hours=n) for n in range((end - first) // timedelta(hours=1))]


def utc(local: datetime, zone: str) -> datetime:
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)


def shown(moment: datetime, zone: str) -> str:
    """Return what the zone's clocks show, without an offset."""
    there = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return there.isoformat(sep=" ")


def write(path: Path, moments: Iterable[object], value: str = "equity") -> Path:
    rows = "".join(f"{moment},{100 + number}\n" for number, moment in enumerate(moments))
    path.write_text(f"ts,{value}\n{rows}")
    return path


def moments(home: Home) -> list[datetime]:
    return [ts for (ts,) in rows_of(home, "select ts from raw.equity order by equity")]


def counts(home: Home) -> tuple[object, ...]:
    ((*found,),) = rows_of(
        home,
        "select timezone, row_count, day_count, duplicate_row_count, reordered_row_count "
        "from raw.files where kind in ('equity', 'trades', 'bars')",
    )
    return tuple(found)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("as_text", ["{}", "{} 00:00:00", "{}T00:00"])
def test_each_date_is_one_day_of_its_zone(
    home: Home, tmp_path: Path, zone: str, as_text: str
) -> None:
    path = write(tmp_path / "curve.csv", map(as_text.format, DAYS))
    assert ingest_equity(home, path, MINE, timezone=zone).loaded == 1
    assert moments(home) == [utc(datetime(day.year, day.month, day.day), zone) for day in DAYS]
    assert counts(home) == (zone, 366, 366, 0, 0)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("as_text", ["{}", "{} 00:00:00"])
def test_runs_read_in_bulk_do_so_too(home: Home, tmp_path: Path, zone: str, as_text: str) -> None:
    run = RunFolder(tmp_path / "run", manifest={"timezone": zone})
    run.land(write(tmp_path / "curve.csv", map(as_text.format, DAYS)).read_text())
    assert ingest_runs(home, [run.path]).is_clean
    assert moments(home) == [utc(datetime(day.year, day.month, day.day), zone) for day in DAYS]
    assert counts(home) == (zone, 366, 366, 0, 0)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("backwards", [False, True])
def test_hourly_rows_keep_every_hour_of_the_year(
    home: Home, tmp_path: Path, zone: str, *, backwards: bool
) -> None:
    hours = hours_of_2024(zone)
    hours = hours[::-1] if backwards else hours
    path = write(tmp_path / "curve.csv", (shown(hour, zone) for hour in hours))
    assert ingest_equity(home, path, MINE, timezone=zone).loaded == 1
    assert moments(home) == hours
    assert counts(home) == (zone, 8784, 366, 0, 8783 if backwards else 0)


def test_hourly_bars_of_several_symbols_keep_every_hour(home: Home, tmp_path: Path) -> None:
    zone = "America/New_York"
    hours = hours_of_2024(zone)
    path = tmp_path / "prices.csv"
    rows = "".join(f"{shown(hour, zone)},{name},1\n" for hour in hours for name in "AB")
    path.write_text(f"ts,symbol,close\n{rows}")
    assert ingest_bars(home, path, timezone=zone).loaded == 1
    found = rows_of(home, "select symbol, ts from raw.bars order by symbol, ts")
    assert found == [(name, hour) for name in "AB" for hour in hours]
    assert counts(home)[:2] == (zone, 2 * 8784)
    assert rows_of(home, "select periods_per_year from raw.calendars") == [(365.0,), (365.0,)]


def test_a_local_time_that_comes_twice_is_the_first_of_the_two(home: Home, tmp_path: Path) -> None:
    local = ["2024-11-03 00:00", "2024-11-03 01:00", "2024-11-03 02:00"]
    path = write(tmp_path / "curve.csv", local)
    ingest_equity(home, path, MINE, timezone="America/New_York")
    assert [moment.hour for moment in moments(home)] == [4, 5, 7]


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        # It comes twice, not three times.
        (["2024-11-03 01:00", "2024-11-03 01:00", "2024-11-03 01:00"], 4),
        # An offset says which of the two it is.
        (["2024-11-03 01:00:00-04:00", "2024-11-03 01:00:00-04:00"], 3),
        # A date is a midnight, and no midnight is meant twice.
        (["2024-11-03", "2024-11-03"], 3),
        # The clocks never showed 2:00, so it is as 3:00.
        (["2024-03-10 01:00", "2024-03-10 02:00", "2024-03-10 03:00"], 4),
    ],
)
def test_other_doubles_are_refused(home: Home, tmp_path: Path, rows: list[str], line: int) -> None:
    path = write(tmp_path / "curve.csv", rows)
    (file,) = ingest_equity(home, path, MINE, timezone="America/New_York").quarantined_files
    assert (file.code, file.line) == (ReasonCode.DUPLICATE_TIMESTAMP, line)


def test_a_midnight_that_comes_twice_is_no_date_twice(home: Home, tmp_path: Path) -> None:
    path = write(tmp_path / "curve.csv", ["2024-11-03", "2024-11-03"])
    report = ingest_equity(home, path, MINE, timezone="America/Havana")
    assert report.quarantined_files[0].code is ReasonCode.DUPLICATE_TIMESTAMP


def test_offsets_and_epochs_are_moments_in_any_zone(home: Home, tmp_path: Path) -> None:
    rows = ["2020-01-01T00:00:00Z", "2020-01-01T02:00:00+01:00", "1577844000", "1577847600000"]
    ingest_equity(home, write(tmp_path / "curve.csv", rows), MINE, timezone="Asia/Kolkata")
    assert moments(home) == [datetime(2020, 1, 1, hour) for hour in range(4)]


@pytest.mark.parametrize(
    ("kind", "hour"),
    [
        (pa.timestamp("s"), 5),
        (pa.timestamp("ms"), 5),
        (pa.timestamp("us"), 5),
        (pa.timestamp("ns"), 5),
        (pa.date32(), 5),
        (pa.timestamp("us", "UTC"), 0),
        (pa.timestamp("ns", "Europe/Berlin"), 0),
    ],
)
def test_parquet_columns_of_any_unit(
    home: Home, tmp_path: Path, kind: pa.DataType, hour: int
) -> None:
    path = tmp_path / "curve.parquet"
    days = pa.array([datetime(2020, 1, 1), datetime(2020, 1, 2)], pa.timestamp("us")).cast(kind)
    pq.write_table(pa.table({"ts": days, "equity": [1.0, 2.0]}), path)
    ingest_equity(home, path, MINE, timezone="America/New_York")
    assert moments(home) == [datetime(2020, 1, 1, hour), datetime(2020, 1, 2, hour)]


@pytest.mark.parametrize("scale", [1, 1_000, 1_000_000, 1_000_000_000])
def test_epochs_in_bulk_and_in_parquet(home: Home, tmp_path: Path, scale: int) -> None:
    epochs = [1_577_836_800 * scale, 1_577_923_200 * scale]
    run = RunFolder(tmp_path / "run")
    run.land(write(tmp_path / "curve.csv", epochs).read_text())
    assert ingest_runs(home, [run.path]).is_clean
    path = tmp_path / "curve.parquet"
    pq.write_table(pa.table({"ts": epochs, "equity": [100, 101]}), path)
    assert ingest_equity(home, path, MINE).is_clean
    assert moments(home) == [datetime(2020, 1, day) for day in (1, 1, 2, 2)]


def test_trades_are_of_the_zone_and_end_after_they_begin(home: Home, tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    job = run.land(n=1)
    run.file(job, "trades").write_text(
        TRADES_HEADER
        + "1,SPY,long,2024-11-03 01:45:00,2024-11-03 01:15:00,1,1,1,0,0\n"
        + "2,SPY,long,2024-11-03 01:15:00,2024-11-03 01:45:00,1,1,1,0,0\n"
        + "3,SPY,long,2024-11-02,,1,1,,0,\n"
    )
    assert ingest_runs(home, [run.path], timezone="America/New_York").is_clean
    assert rows_of(home, "select entry_at, exit_at from raw.trades order by trade_id") == [
        (datetime(2024, 11, 3, 5, 45), datetime(2024, 11, 3, 6, 15)),
        (datetime(2024, 11, 3, 5, 15), datetime(2024, 11, 3, 5, 45)),
        (datetime(2024, 11, 2, 4), None),
    ]
    assert rows_of(home, "select count(*) from raw.files where timezone = 'America/New_York'") == [
        (2,)
    ]


def test_another_zone_makes_changed_files(home: Home, tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    run.land(n=1)
    assert ingest_runs(home, [run.path]).loaded == 3
    for zone in ("UTC", "Etc/UTC", None):
        assert ingest_runs(home, [run.path], timezone=zone).unchanged == 3
    for rehash in (False, True):
        report = ingest_runs(home, [run.path], timezone="Europe/Berlin", rehash=rehash)
        assert (report.loaded, report.unchanged) == ((0, 3) if rehash else (1, 2))
    assert ingest_runs(home, [run.path]).loaded == 1
    run.write_manifest(timezone="Asia/Kolkata")
    assert ingest_runs(home, [run.path]).loaded == 2
    assert ingest_runs(home, [run.path], timezone="UTC").loaded == 1
    assert rows_of(
        home, "select timezone, settings from raw.files where kind = 'equity' order by load_id"
    ) == [
        (None, None),
        ("Europe/Berlin", '{"timezone": "Europe/Berlin"}'),
        (None, None),
        ("Asia/Kolkata", '{"timezone": "Asia/Kolkata"}'),
        (None, None),
    ]


def test_unknown_zones_are_refused_before_anything_is_done(home: Home, tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    path = write(tmp_path / "curve.csv", DAYS)
    with pytest.raises(UsageError, match="--timezone names no time zone with 'Mars'"):
        ingest_runs(home, [run.path], timezone="Mars")
    with pytest.raises(UsageError, match="Mars"):
        ingest_equity(home, path, MINE, timezone="Mars")
    with pytest.raises(UsageError, match="Mars"):
        ingest_bars(home, path, timezone="Mars")
    assert not home.working_file.exists()
    run.write_manifest(timezone="Mars")
    (file,) = ingest_runs(home, [run.path]).quarantined_files
    assert file.code is ReasonCode.BAD_MANIFEST
    assert file.reason.startswith("names no time zone with 'Mars'")


def test_what_was_put_right_is_counted(home: Home, tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    run.land("ts,equity\n2020-01-03,3\n2020-01-01,1\n2020-01-02,2\n2020-01-01,1\n", n=1)
    run.land("ts,equity\n2020-01-01,1\n2020-01-01,1\n2020-01-02,2\n", n=2)
    run.land(n=3)
    repairs = ingest_runs(home, [run.path]).repairs
    assert (repairs.duplicates, repairs.reordered, repairs.files) == (2, 2, 2)
    assert rows_of(
        home,
        "select row_count, day_count, duplicate_row_count, reordered_row_count from raw.files "
        "where kind = 'equity' order by duplicate_row_count + reordered_row_count",
    ) == [(3, 3, 0, 0), (2, 2, 1, 0), (3, 3, 1, 2)]
    assert not ingest_runs(home, [run.path]).repairs


def test_repairs_of_bars_are_counted_by_symbol_and_of_factors_by_name(
    home: Home, tmp_path: Path
) -> None:
    path = tmp_path / "long.csv"
    path.write_text(
        "date,symbol,close\n2020-01-02,A,2\n2020-01-01,B,1\n2020-01-01,A,1\n2020-01-01,A,1\n"
    )
    assert str(ingest_bars(home, path).repairs) == (
        "1 duplicate row left out, 1 row reordered in 1 file"
    )
    path.write_text("date,a,b\n2020-01-03,.3,.3\n2020-01-01,.1,.1\n2020-01-01,.1,.1\n")
    assert str(ingest_factors(home, path).repairs) == (
        "2 duplicate rows left out, 2 rows reordered in 1 file"
    )
