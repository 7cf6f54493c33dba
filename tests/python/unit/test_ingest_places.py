"""A file is known by what it is about, wherever it lies and however it is stored."""

from __future__ import annotations

import gzip
import io
import os
import shutil
from pathlib import Path

import polars as pl
import pytest

from curvehouse.home import Home
from curvehouse.ingest import ReasonCode, ingest_bars, ingest_runs, retract_paths
from raw_rows import active_curves, ledger_rows, rows_of
from run_folder import RunFolder, curve_csv


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path / "results" / "run")


def in_quarantine(home: Home) -> list[str]:
    found = rows_of(
        home,
        "select arg_max(file_path, load_id) from raw.files "
        "group by kind, run_id, strategy, param_hash, dataset "
        "having arg_max(status, load_id) = 'quarantined'",
    )
    return [path for (path,) in found]


def test_a_moved_folder_is_unchanged_and_known_by_its_new_place(
    home: Home, run: RunFolder, tmp_path: Path
) -> None:
    run.land(n=1)
    ingest_runs(home, [run.path])
    moved = tmp_path / "archive" / "run"
    moved.parent.mkdir()
    run.path.rename(moved)
    for _ in range(2):
        report = ingest_runs(home, [moved])
        assert (report.loaded, report.unchanged) == (0, 3)
    assert sorted(ledger_rows(home, 3)) == [
        ("equity", "moved"),
        ("jobs", "moved"),
        ("manifest", "moved"),
    ]
    assert len(active_curves(home)) == 1
    assert retract_paths(home, [tmp_path / "archive"]) == 3


def test_a_copied_folder_is_not_moved(home: Home, run: RunFolder, tmp_path: Path) -> None:
    run.land(n=1)
    ingest_runs(home, [run.path])
    copy = tmp_path / "copies" / "run"
    shutil.copytree(run.path, copy)
    assert ingest_runs(home, [copy]).unchanged == 3
    assert len(ledger_rows(home)) == 3


def test_a_moved_file_of_bars_is_known_by_its_new_place(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "SPY.csv"
    path.write_text("date,close\n2020-01-01,1\n")
    ingest_bars(home, path)
    (tmp_path / "prices").mkdir()
    path = path.rename(tmp_path / "prices" / "SPY.csv")
    assert ingest_bars(home, path).unchanged == 1
    assert retract_paths(home, [path]) == 1


def test_a_folder_that_moves_takes_its_quarantine_along(
    home: Home, run: RunFolder, tmp_path: Path
) -> None:
    job = run.land(curve_csv([1, "x"]), n=1)
    ingest_runs(home, [run.path])
    moved = RunFolder(tmp_path / "archive" / "run", jobs=run.jobs)
    shutil.rmtree(moved.path)
    run.path.rename(moved.path)
    for _ in range(2):
        assert ingest_runs(home, [moved.path]).quarantined == 1
    assert in_quarantine(home) == [str(moved.file(job))]
    moved.file(job).write_text(curve_csv([1, 2]))
    assert ingest_runs(home, [moved.path]).is_clean
    assert in_quarantine(home) == []


@pytest.mark.parametrize("is_mended", [True, False])
def test_a_folder_without_a_known_run_leaves_quarantine_when_it_is_gone(
    home: Home, run: RunFolder, tmp_path: Path, *, is_mended: bool
) -> None:
    run.land(n=1)
    other = RunFolder(tmp_path / "other", "other")
    manifest = run.path / "batch_run_manifest.json"
    good, _ = manifest.read_bytes(), manifest.write_text("{")
    ingest_runs(home, [run.path])
    assert in_quarantine(home) == [str(manifest)]
    moved = tmp_path / "archive" / "run"
    moved.parent.mkdir()
    run.path.rename(moved)
    if is_mended:
        (moved / manifest.name).write_bytes(good)
    ingest_runs(home, [moved, other.path])
    assert in_quarantine(home) == ([] if is_mended else [str(moved / manifest.name)])
    shutil.rmtree(moved)
    ingest_runs(home, [other.path])
    assert in_quarantine(home) == []


def test_a_folder_whose_name_is_not_text_keeps_its_quarantine(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"run\xff")
    RunFolder(folder)
    (folder / "batch_run_manifest.json").write_text("{")
    for _ in range(2):
        assert ingest_runs(home, [folder]).quarantined == 1
        assert len(ledger_rows(home)) == 1


def test_one_folder_given_twice_is_loaded_once(home: Home, run: RunFolder, tmp_path: Path) -> None:
    run.land(n=1)
    (tmp_path / "link").symlink_to(run.path)
    report = ingest_runs(home, [run.path, run.path.parent, tmp_path / "link"])
    assert (report.loaded, report.unchanged, report.refused) == (3, 0, ())


def test_two_folders_of_one_run_do_not_supersede_each_other(
    home: Home, run: RunFolder, tmp_path: Path
) -> None:
    job = run.land(curve_csv([1, 2]), n=1)
    second = RunFolder(tmp_path / "second" / "run")
    second.land(curve_csv([3, 4]), n=1)
    report = ingest_runs(home, [run.path, second.path])
    assert report.loaded == 3
    (reason,) = report.refused
    assert str(run.path) in reason
    assert str(second.path) in reason
    assert active_curves(home) == {run.backtest_id(job): [1.0, 2.0]}
    assert ingest_runs(home, [second.path]).loaded == 1
    assert active_curves(home) == {run.backtest_id(job): [3.0, 4.0]}


def test_a_curve_stored_another_way_supersedes(home: Home, run: RunFolder) -> None:
    content = curve_csv([1, 2])
    job = run.land(content, n=1)
    ingest_runs(home, [run.path])
    parquet = io.BytesIO()
    pl.read_csv(io.StringIO(content), try_parse_dates=True).write_parquet(parquet)
    for suffix, data in (
        (".csv.gz", gzip.compress(content.encode())),
        (".parquet", parquet.getvalue()),
        (".csv", content.encode()),
    ):
        for old in run.path.glob("trend/*"):
            old.unlink()
        run.file(job, suffix=suffix).write_bytes(data)
        assert ingest_runs(home, [run.path]).loaded == 1
        assert active_curves(home) == {run.backtest_id(job): [1.0, 2.0]}
        assert ingest_runs(home, [run.path]).unchanged == 3
    assert retract_paths(home, [run.file(job)]) == 1


def test_a_curve_of_another_format_is_named_where_there_is_no_other(
    home: Home, run: RunFolder
) -> None:
    named, pictured = run.plan(n=1), run.land(n=2)
    run.file(named, suffix=".xlsx").write_bytes(b"PK\x03\x04")
    for suffix in (".png", ".csv.tmp"):
        run.file(pictured, suffix=suffix).write_bytes(b"x")
    (run.path / "trend" / "all_equity.png").write_bytes(b"x")
    report = ingest_runs(home, [run.path])
    (refused,) = report.quarantined_files
    assert (refused.code, Path(refused.path)) == (
        ReasonCode.UNKNOWN_FORMAT,
        run.file(named, suffix=".xlsx"),
    )
    run.file(named).write_text(curve_csv([1, 2]))
    assert ingest_runs(home, [run.path]).is_clean


def test_a_suffix_may_be_in_capitals(home: Home, run: RunFolder) -> None:
    run.file(run.plan(n=1), suffix=".CSV").write_text(curve_csv([1, 2]))
    assert ingest_runs(home, [run.path]).is_clean
    assert len(active_curves(home)) == 1


def test_a_plan_may_begin_with_a_byte_order_mark(home: Home, run: RunFolder) -> None:
    run.land(n=1)
    jobs = run.path / "jobs.jsonl"
    jobs.write_bytes(b"\xef\xbb\xbf" + jobs.read_bytes())
    assert ingest_runs(home, [run.path]).is_clean
