"""Periods per year are decided on the first year of rows, once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from curvehouse.home import Home
from curvehouse.ingest import ingest_bars, ingest_runs
from raw_rows import rows_of
from run_folder import TRADES_HEADER, PlannedJob, RunFolder

START = date(2018, 1, 1)


def days(count: int, step: int = 1, *, weekdays: bool = False) -> list[date]:
    found = (START + timedelta(days=number * step) for number in range(3 * count))
    return [day for day in found if not weekdays or day.weekday() < 5][:count]


def month_ends(count: int) -> list[date]:
    return [
        date(2018 + (n + 1) // 12, (n + 1) % 12 + 1, 1) - timedelta(days=1) for n in range(count)
    ]


def curve(moments: Iterable[date | datetime]) -> str:
    rows = "".join(f"{at.isoformat()},{100 + n}\n" for n, at in enumerate(moments))
    return f"ts,equity\n{rows}"


def hourly(count: int) -> list[datetime]:
    start = datetime(2018, 1, 1)
    return [start + timedelta(hours=number) for number in range(count)]


def decided(home: Home, kind: str = "backtest") -> dict[str, float]:
    return dict(
        rows_of(
            home,
            "select subject_id, arg_max(periods_per_year, load_id) from raw.calendars "
            f"where subject_kind = '{kind}' group by subject_id",
        )
    )


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path / "run")


CASES = {
    "every day": (curve(days(400)), 365.0),
    "weekdays": (curve(days(400, weekdays=True)), 252.0),
    "exchange days": (
        curve(day for day in days(400, weekdays=True) if day.day not in (1, 15)),
        252.0,
    ),
    "weeks": (curve(days(100, 7)), 52.0),
    "month ends": (curve(month_ends(40)), 12.0),
    "every other day": (curve(days(100, 2)), 365.0),
    "hours": (curve(hourly(24 * 300)), 365.0),
    "hours of few days": (curve(hourly(24 * 19)), 252.0),
    "19 days": (curve(days(19)), 252.0),
    "20 days": (curve(days(20)), 365.0),
    "late daily rows": (
        curve([*days(253, 7), *(date(2030, 1, 1) + timedelta(days=n) for n in range(900))]),
        52.0,
    ),
}


def test_periods_follow_the_first_253_days(home: Home, run: RunFolder) -> None:
    jobs = {name: run.land(content, name=name) for name, (content, _) in CASES.items()}
    assert ingest_runs(home, [run.path]).is_clean
    found = decided(home)
    assert {name: found[run.backtest_id(job)] for name, job in jobs.items()} == {
        name: expected for name, (_, expected) in CASES.items()
    }


def test_short_curve_takes_the_calendar_of_its_symbol(
    home: Home, run: RunFolder, tmp_path: Path
) -> None:
    bars = tmp_path / "COIN.csv"
    bars.write_text(curve(days(60)).replace("equity", "close"))
    ingest_bars(home, bars)
    assert decided(home, "symbol") == {"COIN": 365.0}
    known = run.add(PlannedJob({"n": 1}, symbol="COIN"))
    unknown = run.add(PlannedJob({"n": 1}, symbol="SPY"))
    for job in (known, unknown):
        run.file(job).write_text(curve(days(5)))
    ingest_runs(home, [run.path])
    found = decided(home)
    assert (found[run.backtest_id(known)], found[run.backtest_id(unknown)]) == (365.0, 252.0)


def test_a_curve_that_goes_on_keeps_the_decision(home: Home, run: RunFolder) -> None:
    weeks = days(30, 7)
    job = run.land(curve(weeks), n=1)
    ingest_runs(home, [run.path])
    for number in (1, 300):
        later = [weeks[-1] + timedelta(days=n) for n in range(1, number + 1)]
        run.file(job).write_text(curve([*weeks, *later]))
        assert ingest_runs(home, [run.path]).loaded == 1
    assert decided(home) == {run.backtest_id(job): 52.0}
    assert rows_of(home, "select count(*) from raw.calendars") == [(1,)]


def test_a_curve_that_begins_otherwise_is_decided_again(home: Home, run: RunFolder) -> None:
    job, other = run.land(curve(days(100, 7)), n=1), run.land(curve(month_ends(40)), n=2)
    ingest_runs(home, [run.path])
    run.file(job).write_text(curve(days(400)))
    ingest_runs(home, [run.path])
    assert decided(home) == {run.backtest_id(job): 365.0, run.backtest_id(other): 12.0}


def test_bars_that_begin_otherwise_are_decided_again(home: Home, tmp_path: Path) -> None:
    bars = tmp_path / "bars.csv"
    for symbols, periods in (
        ({"A": days(400), "B": days(400)}, {"A": 365.0, "B": 365.0}),
        ({"A": days(401), "B": days(400, weekdays=True)}, {"A": 365.0, "B": 252.0}),
    ):
        rows = "".join(f"{name},{day},1\n" for name, dates in symbols.items() for day in dates)
        bars.write_text(f"symbol,date,close\n{rows}")
        ingest_bars(home, bars)
        assert decided(home, "symbol") == periods
    assert rows_of(home, "select count(*) from raw.calendars") == [(3,)]


def test_manifest_and_option_override_until_they_say_so_no_more(home: Home, run: RunFolder) -> None:
    backtest = run.backtest_id(run.land(curve(days(400)), n=1))
    ingest_runs(home, [run.path])
    assert decided(home) == {backtest: 365.0}
    run.write_manifest(periods_per_year=260)
    assert ingest_runs(home, [run.path]).loaded == 2
    assert decided(home) == {backtest: 260.0}
    assert ingest_runs(home, [run.path], periods_per_year=250).loaded == 1
    assert decided(home) == {backtest: 250.0}
    assert ingest_runs(home, [run.path], periods_per_year=250).loaded == 0
    run.write_manifest(periods_per_year=None)
    ingest_runs(home, [run.path])
    assert decided(home) == {backtest: 365.0}


def test_an_override_by_what_is_so_anyway_is_kept_once(home: Home, run: RunFolder) -> None:
    backtest = run.backtest_id(run.land(curve(days(400)), n=1))
    for _ in range(2):
        ingest_runs(home, [run.path], periods_per_year=365)
    assert decided(home) == {backtest: 365.0}
    assert rows_of(home, "select count(*) from raw.calendars") == [(1,)]


def test_bars_take_the_periods_that_are_given(home: Home, tmp_path: Path) -> None:
    bars = tmp_path / "COIN.csv"
    bars.write_text(curve(days(60)).replace("equity", "close"))
    for given, found in ((None, 365.0), (252, 252.0), (None, 365.0)):
        assert ingest_bars(home, bars, periods_per_year=given).loaded == 1
        assert decided(home, "symbol") == {"COIN": found}


def frequencies(home: Home, kind: str = "backtest") -> dict[str, tuple[str, float]]:
    return {
        name: (frequency, periods)
        for name, frequency, periods in rows_of(
            home,
            "select subject_id, frequency, periods_per_year from raw.calendars "
            f"where subject_kind = '{kind}'",
        )
    }


FX = [day for day in days(700) if day.weekday() != 5][:500]
NOW_AND_THEN = [START + timedelta(days=n) for n in (0, 3, 7, 8, 21, 22, 30, 45, 52, 70, 71, 90)]
FREQUENCIES = {
    "every day": (days(400), "daily", 365.0),
    "weekdays": (days(400, weekdays=True), "daily", 252.0),
    "one late Sunday": ([*days(300, weekdays=True), date(2019, 3, 10)], "daily", 252.0),
    "one early Saturday": (
        sorted([*days(300, weekdays=True), date(2018, 1, 6)]),
        "daily",
        252.0,
    ),
    "FX, Sunday to Friday": (FX, "daily", 313.0),
    "weeks": (days(100, 7), "weekly", 52.0),
    "ten weeks": (days(10, 7), "weekly", 52.0),
    "month ends": (month_ends(40), "monthly", 12.0),
    "a year of month ends": (month_ends(12), "monthly", 12.0),
    "now and then, weekdays": (
        [day for day in NOW_AND_THEN if day.weekday() < 5],
        "sparse",
        252.0,
    ),
    "now and then, weekends too": (
        [START + timedelta(days=number) for number in range(0, 300, 4)],
        "sparse",
        365.0,
    ),
    "three days in a row": (days(3), "daily", 252.0),
    "a few days over Christmas": (
        [date(2018, 12, day) for day in (20, 21, 24, 27, 28, 31)],
        "daily",
        252.0,
    ),
    "three days of two weeks": ([START + timedelta(days=n) for n in (0, 2, 11)], "sparse", 252.0),
    "monthly after a daily year": (
        [*days(400, weekdays=True), *(date(2020, month, 28) for month in range(1, 13))],
        "daily",
        252.0,
    ),
}


def test_the_first_calendar_year_decides_the_frequency(home: Home, run: RunFolder) -> None:
    jobs = {
        name: run.land(curve(moments), name=name) for name, (moments, *_) in FREQUENCIES.items()
    }
    assert ingest_runs(home, [run.path]).is_clean
    found = frequencies(home)
    assert {name: found[run.backtest_id(job)] for name, job in jobs.items()} == {
        name: (frequency, periods) for name, (_, frequency, periods) in FREQUENCIES.items()
    }


def test_a_sparse_curve_has_the_calendar_of_its_symbol(
    home: Home, run: RunFolder, tmp_path: Path
) -> None:
    bars = tmp_path / "COIN.csv"
    bars.write_text(curve(days(900)).replace("equity", "close"))
    ingest_bars(home, bars)
    job = run.add(PlannedJob({"n": 1}, symbol="COIN"))
    # Weekdays only: dense beside weekdays, and not beside the bars of every day.
    run.file(job).write_text(curve(days(300, weekdays=True)))
    ingest_runs(home, [run.path])
    assert frequencies(home) == {run.backtest_id(job): ("sparse", 365.0)}


def test_trades_without_a_curve_are_sparse(home: Home, run: RunFolder) -> None:
    job = run.plan(n=1)
    row = "{0},SPY,long,2020-01-0{0},2020-01-0{1},10,100,101,1,9\n"
    text = TRADES_HEADER + row.format(2, 3) + row.format(6, 7)
    run.file(job, "trades").write_text(text)
    other = run.land(n=2)
    run.file(other, "trades").write_text(text)
    ingest_runs(home, [run.path])
    assert frequencies(home, "trades") == {run.backtest_id(job): ("sparse", 252.0)}
    assert list(frequencies(home)) == [run.backtest_id(other)]


def test_a_trades_file_without_trades_decides_nothing(home: Home, run: RunFolder) -> None:
    job = run.plan(n=1)
    run.file(job, "trades").write_text(TRADES_HEADER)
    assert ingest_runs(home, [run.path]).is_clean
    assert frequencies(home, "trades") == {}
