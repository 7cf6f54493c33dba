"""Run folders load in one transaction each: new, unchanged, changed, quarantined, cut off."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from curvehouse.errors import BusyError, InvalidInputError, UsageError
from curvehouse.home import Home
from curvehouse.ingest import ReasonCode, ingest_equity, ingest_runs
from curvehouse.ingest.imported import ImportedBacktest
from curvehouse.lock import writer_lock
from curvehouse.readers.probe import FileBytes, read_file, sha256_of
from raw_rows import active_curves, ledger_rows, rows_of, table_counts
from run_folder import TRADES_HEADER, PlannedJob, RunFolder, curve_csv

TRADE = "1,SPY,long,2020-01-02,2020-01-03,10,100,101,1,9\n"


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path / "results" / "run")


def codes(home: Home, folder: Path) -> list[tuple[ReasonCode, int | None]]:
    return [(file.code, file.line) for file in ingest_runs(home, [folder]).quarantined_files]


def test_a_run_lands_whole(home: Home, run: RunFolder) -> None:
    run.write_manifest(
        strategies=["trend"], total_jobs=3, flags={"x": 1}, seeds=[1], fee_bps=2, later_key=[1]
    )
    first, second = run.land(n=1), run.land(curve_csv([5, 6]), n=2)
    run.add(PlannedJob({"n": 3}, seed=7, status="crashed"))
    run.file(first, "trades").write_text(TRADES_HEADER + TRADE)
    run.file(second, "trades").write_text(TRADES_HEADER)

    report = ingest_runs(home, [run.path])

    assert (report.loaded, report.unchanged, report.quarantined) == (6, 0, 0)
    assert report.is_clean
    assert table_counts(home) == {
        "files": 6,
        "runs": 1,
        "jobs": 3,
        "equity": 5,
        "trades": 1,
        "bars": 0,
        "factors": 0,
        "calendars": 2,
    }
    assert active_curves(home) == {
        run.backtest_id(first): [100.0, 101.0, 102.0],
        run.backtest_id(second): [5.0, 6.0],
    }
    assert rows_of(
        home,
        "select kind, backtest_id, row_count, status from raw.files order by kind, row_count",
    ) == [
        ("equity", run.backtest_id(second), 2, "loaded"),
        ("equity", run.backtest_id(first), 3, "loaded"),
        ("jobs", None, 3, "loaded"),
        ("manifest", None, 1, "loaded"),
        ("trades", run.backtest_id(second), 0, "loaded"),
        ("trades", run.backtest_id(first), 1, "loaded"),
    ]


def test_manifest_and_jobs_keep_what_they_said(home: Home, run: RunFolder) -> None:
    run.write_manifest(param_grid={"n": [1]}, resample="none", starting_cash=100, later_key=[1])
    run.add(PlannedJob({"z": 0.5, "a": True, "symbol": "SPY"}, symbol=None, status="timed_out"))
    ingest_runs(home, [run.path])
    assert rows_of(
        home,
        "select run_id, created_at::varchar, param_grid, resample, starting_cash, "
        "manifest ->> 'later_key' from raw.runs",
    ) == [("run", "2026-01-05 10:00:00", '{"n": [1]}', "none", 100.0, "[1]")]
    assert rows_of(
        home, "select params, symbol, seed, status, started_at::varchar, seconds from raw.jobs"
    ) == [('{"a": true, "z": 0.5}', "SPY", None, "timed_out", "2026-01-05 10:00:00", 0.25)]


def test_an_unchanged_run_changes_nothing(home: Home, run: RunFolder) -> None:
    run.land(n=1)
    ingest_runs(home, [run.path])
    before = table_counts(home)
    report = ingest_runs(home, [run.path])
    assert (report.loaded, report.unchanged, report.quarantined) == (0, 3, 0)
    assert table_counts(home) == before


def test_a_changed_curve_supersedes_and_the_rows_before_it_stay(home: Home, run: RunFolder) -> None:
    job = run.land(n=1)
    other = run.land(n=2)
    ingest_runs(home, [run.path])
    run.file(job).write_text(curve_csv([7, 8]))
    report = ingest_runs(home, [run.path])
    assert (report.loaded, report.unchanged) == (1, 3)
    assert active_curves(home) == {
        run.backtest_id(job): [7.0, 8.0],
        run.backtest_id(other): [100.0, 101.0, 102.0],
    }
    assert table_counts(home)["equity"] == 8
    assert table_counts(home)["calendars"] == 2


def test_a_curve_changed_back_is_loaded_again(home: Home, run: RunFolder) -> None:
    job = run.land(n=1)
    for content in ([1, 2], [3, 4], [1, 2]):
        run.file(job).write_text(curve_csv(content))
        assert ingest_runs(home, [run.path]).loaded >= 1
    assert active_curves(home)[run.backtest_id(job)] == [1.0, 2.0]


def test_a_change_is_seen_where_size_and_time_stay(home: Home, run: RunFolder) -> None:
    job = run.land(curve_csv([100, 101]))
    ingest_runs(home, [run.path])
    before = run.file(job).stat()
    run.file(job).write_text(curve_csv([100, 109]))
    os.utime(run.file(job), ns=(before.st_atime_ns, before.st_mtime_ns))
    assert run.file(job).stat().st_size == before.st_size
    assert ingest_runs(home, [run.path]).loaded == 1
    assert active_curves(home) == {run.backtest_id(job): [100.0, 109.0]}


def test_a_file_that_was_not_written_to_is_read_only_when_asked(
    home: Home, run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("curvehouse.readers.stamps._CLOCK_NS", -3_600 * 10**9)
    run.land(n=1)
    job = run.land(n=2)
    read: list[str] = []

    def noting(path: Path, *, max_bytes: int) -> FileBytes:
        read.append(path.name)
        return read_file(path, max_bytes=max_bytes)

    monkeypatch.setattr("curvehouse.ingest.batch.read_file", noting)
    assert ingest_runs(home, [run.path]).loaded == 4
    assert len(read) == 2
    assert ingest_runs(home, [run.path]).unchanged == 4
    assert len(read) == 2
    assert ingest_runs(home, [run.path], rehash=True).unchanged == 4
    assert len(read) == 4
    run.file(job).write_text(curve_csv([7, 8]))
    assert ingest_runs(home, [run.path]).loaded == 1
    assert read[4:] == [run.file(job).name]


def test_a_file_written_just_before_is_read_again(
    home: Home, run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("curvehouse.readers.stamps._CLOCK_NS", 3_600 * 10**9)
    run.land(n=1)
    ingest_runs(home, [run.path])
    stamps = rows_of(home, "select file_stamp from raw.files where kind = 'equity'")
    assert stamps == [(None,)]


def test_a_bad_version_leaves_the_good_one_in_force(home: Home, run: RunFolder) -> None:
    job, other = run.land(n=1), run.land(n=2)
    ingest_runs(home, [run.path])
    run.file(job).write_text(curve_csv([1, "x"]))
    run.file(other).write_text(curve_csv([3, 4]))
    assert codes(home, run.path) == [(ReasonCode.BAD_NUMBER, 3)]
    assert active_curves(home) == {
        run.backtest_id(job): [100.0, 101.0, 102.0],
        run.backtest_id(other): [3.0, 4.0],
    }


def test_a_bad_file_is_reported_each_time_and_noted_once(home: Home, run: RunFolder) -> None:
    job = run.land(curve_csv([1, "x"]), n=1)
    for _ in range(2):
        assert codes(home, run.path) == [(ReasonCode.BAD_NUMBER, 3)]
    quarantined = "from raw.files where status = 'quarantined'"
    assert rows_of(home, f"select file_sha256, byte_count {quarantined}") == [
        (sha256_of(run.file(job).read_bytes()), run.file(job).stat().st_size)
    ]
    run.file(job).write_text(curve_csv([1, 2, "y"]))
    assert codes(home, run.path) == [(ReasonCode.BAD_NUMBER, 4)]
    assert rows_of(home, f"select count(*) {quarantined}") == [(2,)]
    run.file(job).write_text(curve_csv([1, 2]))
    assert codes(home, run.path) == []


def test_a_bad_file_that_is_gone_leaves_quarantine(home: Home, run: RunFolder) -> None:
    never_good = run.land(curve_csv([1, "x"]), n=1)
    once_good = run.land(n=2)
    ingest_runs(home, [run.path])
    run.file(once_good).write_text("ts\n")
    ingest_runs(home, [run.path])
    for job in (never_good, once_good):
        run.file(job).unlink()
    before = len(ledger_rows(home))
    for _ in range(2):
        assert ingest_runs(home, [run.path]).is_clean
    assert ledger_rows(home, before) == [("equity", "cleared")] * 2
    assert list(active_curves(home)) == [run.backtest_id(once_good)]


def test_a_bad_file_that_is_as_it_was_loaded_leaves_quarantine(home: Home, run: RunFolder) -> None:
    job = run.land(curve_csv([1, 2]), n=1)
    ingest_runs(home, [run.path])
    for content in ([1, "x"], [1, 2]):
        run.file(job).write_text(curve_csv(content))
        ingest_runs(home, [run.path])
    assert ledger_rows(home, 3) == [("equity", "quarantined"), ("equity", "cleared")]
    assert active_curves(home) == {run.backtest_id(job): [1.0, 2.0]}


def test_a_file_that_is_only_now_planned_is_loaded(home: Home, run: RunFolder) -> None:
    job = run.land(n=1)
    planned = list(run.jobs)
    run.jobs.clear()
    run.write_jobs()
    assert codes(home, run.path) == [(ReasonCode.NOT_PLANNED, None)]
    run.jobs.extend(planned)
    run.write_jobs()
    assert ingest_runs(home, [run.path]).is_clean
    assert list(active_curves(home)) == [run.backtest_id(job)]


def test_identical_curves_of_different_backtests_all_load(home: Home, run: RunFolder) -> None:
    jobs = [run.land(n=number) for number in range(3)]
    ingest_runs(home, [run.path])
    assert active_curves(home) == {run.backtest_id(job): [100.0, 101.0, 102.0] for job in jobs}


def test_odd_but_good_curves_are_put_in_order(home: Home, run: RunFolder) -> None:
    contents = {
        "descending": "ts,equity\n2020-01-03,3\n2020-01-02,2\n2020-01-01,1\n",
        "repeated": "ts,equity\n2020-01-01,1\n2020-01-01,1\n2020-01-02,2\n2020-01-03,3\n",
        "quoted": 'ts,equity\n"2020-01-01",1\n"2020-01-02",2\n"2020-01-03",3\n',
        "clock": "ts,equity\n2020-01-01,1\n2020-01-02T00:00:00-02:00,2\n2020-01-03T00:00Z,3\n",
        "swapped": "equity,x,date\n1,,2020-01-01\n2,,2020-01-02\n3,,2020-01-03\n",
        "windows": "\ufeffTimestamp,NAV\r\n2020-01-01,1\r\n2020-01-02,2\r\n2020-01-03,3\r\n",
        "blank": "ts,equity\n2020-01-01,1\n\n2020-01-02,2\n2020-01-03,3\n",
        "plain": "ts,equity\n2020-01-01,1\n2020-01-02,2\n2020-01-03,3",
    }
    jobs = {name: run.land(content, name=name) for name, content in contents.items()}
    report = ingest_runs(home, [run.path])
    assert report.quarantined_files == ()
    found = active_curves(home)
    assert {name: found[run.backtest_id(job)] for name, job in jobs.items()} == {
        name: [1.0, 2.0, 3.0] for name in contents
    }


def test_offsets_are_converted_to_utc(home: Home, run: RunFolder) -> None:
    run.land("ts,equity\n2020-01-01T22:30:00-05:00,1\n2020-01-02 10:00:00+0530,2\n", n=1)
    ingest_runs(home, [run.path])
    assert rows_of(home, "select ts::varchar from raw.equity order by ts") == [
        ("2020-01-02 03:30:00",),
        ("2020-01-02 04:30:00",),
    ]


def test_a_curve_may_end_at_zero(home: Home, run: RunFolder) -> None:
    ends = run.land(curve_csv([5, 0]), n=1)
    stays = run.land(curve_csv([5, 0, 0]), n=2)
    assert ingest_runs(home, [run.path]).is_clean
    assert active_curves(home) == {
        run.backtest_id(ends): [5.0, 0.0],
        run.backtest_id(stays): [5.0, 0.0, 0.0],
    }


def test_hostile_names_travel_as_data(home: Home, run: RunFolder) -> None:
    hostile = "'; drop table raw.equity; --\"\n*"
    job = run.add(PlannedJob({hostile: hostile}, symbol=hostile, strategy="it's;*"))
    run.file(job).write_text(curve_csv([1, 2]))
    assert ingest_runs(home, [run.path]).is_clean
    assert rows_of(home, "select symbol, strategy from raw.jobs") == [(hostile, "it's;*")]
    assert active_curves(home) == {run.backtest_id(job): [1.0, 2.0]}


def test_folders_of_runs_load_each_run(home: Home, tmp_path: Path) -> None:
    results = tmp_path / "results"
    for name in ("b", "a"):
        RunFolder(results / name, run_id=name).land(n=1)
    (results / "notes").mkdir()
    unfinished = RunFolder(results / "c", run_id="c")
    (unfinished.path / "jobs.jsonl").unlink()
    report = ingest_runs(home, [results, results / "a"])
    assert (report.loaded, report.unchanged, report.quarantined) == (6, 0, 0)
    (reason,) = report.refused
    assert "has not finished" in reason
    assert not report.is_clean
    assert rows_of(home, "select run_id from raw.runs order by load_id") == [("a",), ("b",)]


def test_without_a_manifest_nothing_is_touched(home: Home, tmp_path: Path) -> None:
    good = RunFolder(tmp_path / "good")
    (tmp_path / "bad" / "trend").mkdir(parents=True)
    with pytest.raises(InvalidInputError, match=r"has no batch_run_manifest\.json"):
        ingest_runs(home, [good.path, tmp_path / "bad"])
    assert not home.root.exists()


def test_paths_must_be_folders(home: Home, tmp_path: Path) -> None:
    for path in (tmp_path / "gone", Path(__file__)):
        with pytest.raises(UsageError):
            ingest_runs(home, [path])


def test_a_run_of_imported_curves_can_not_be_a_sweep_too(home: Home, run: RunFolder) -> None:
    curve = run.path / "curve.csv"
    curve.write_text(curve_csv([1, 2]))
    ingest_equity(home, curve, ImportedBacktest("run", "fund"))
    report = ingest_runs(home, [run.path])
    assert report.loaded == 0
    assert "another run_id" in report.refused[0]


def test_ingest_waits_for_no_other_writer(home: Home, run: RunFolder) -> None:
    with writer_lock(home, "curvehouse build"), pytest.raises(BusyError, match="curvehouse build"):
        ingest_runs(home, [run.path])
