"""A manifest that is not about its folder's files keeps the whole folder waiting."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from curvehouse.home import Home
from curvehouse.ingest import ReasonCode, ingest_runs
from raw_rows import active_curves, ledger_rows, rows_of, table_counts
from run_folder import PlannedJob, RunFolder, curve_csv


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """A run of two jobs."""
    folder = RunFolder(tmp_path / "run")
    folder.land(curve_csv([1, 2]), n=1)
    folder.land(curve_csv([1, 2]), n=2)
    return folder


def mismatches(home: Home, folder: Path) -> list[str]:
    report = ingest_runs(home, [folder])
    assert {file.code for file in report.quarantined_files} <= {ReasonCode.MANIFEST_MISMATCH}
    assert report.loaded == 0 or report.is_clean
    return [file.reason for file in report.quarantined_files]


def test_a_copied_folder_does_not_supersede_the_original(
    home: Home, run: RunFolder, tmp_path: Path
) -> None:
    ingest_runs(home, [run.path])
    copy = RunFolder(tmp_path / "run copy", jobs=run.jobs)
    shutil.copytree(run.path, copy.path, dirs_exist_ok=True)
    copy.file(run.jobs[0]).write_text(curve_csv([9, 9]))
    (reason,) = mismatches(home, copy.path)
    assert "'run'" in reason
    assert "'run copy'" in reason
    assert active_curves(home)[run.backtest_id(run.jobs[0])] == [1.0, 2.0]
    copy.write_manifest(run_id="run copy")
    assert [file.code for file in ingest_runs(home, [copy.path]).quarantined_files] == [
        ReasonCode.BAD_MANIFEST
    ]
    copy.path = copy.path.rename(tmp_path / "run_copy")
    copy.write_manifest(run_id="run_copy")
    assert mismatches(home, copy.path) == []
    assert ledger_rows(home)[-1] == ("manifest", "cleared")
    assert len(active_curves(home)) == 4


def test_the_name_is_that_of_the_folder_itself(
    home: Home, run: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "latest").symlink_to(run.path)
    assert mismatches(home, tmp_path / "latest") == []
    monkeypatch.chdir(run.path)
    assert mismatches(home, Path()) == []
    assert mismatches(home, Path("..") / "run") == []


@pytest.mark.parametrize("total", [0, 1, 3])
def test_another_number_of_jobs_is_a_mismatch(home: Home, run: RunFolder, total: int) -> None:
    run.write_manifest(total_jobs=total)
    for _ in range(2):
        (reason,) = mismatches(home, run.path)
    assert f"total_jobs {total}" in reason
    assert "lists 2" in reason
    assert set(table_counts(home).values()) == {0, 1}
    run.write_manifest(total_jobs=2)
    assert mismatches(home, run.path) == []
    assert ledger_rows(home)[-1] == ("manifest", "cleared")


@pytest.mark.parametrize("total", [2, 3])
def test_a_line_that_is_no_job_may_be_counted_or_not(
    home: Home, run: RunFolder, total: int
) -> None:
    run.write_manifest(total_jobs=total)
    with (run.path / "jobs.jsonl").open("a") as file:
        file.write("{\n")
    report = ingest_runs(home, [run.path])
    assert [file.code for file in report.quarantined_files] == [ReasonCode.BAD_JOBS_LINE]
    assert report.loaded == 4


def test_jobs_of_a_strategy_that_is_not_named_are_a_mismatch(home: Home, run: RunFolder) -> None:
    run.add(PlannedJob({"n": 3}, strategy="other", status="crashed"))
    run.write_manifest(strategies=["trend"])
    (reason,) = mismatches(home, run.path)
    assert "'other'" in reason
    for strategies in ([], None, ["more", "other", "trend"]):
        run.write_manifest(strategies=strategies)
        assert mismatches(home, run.path) == []


def test_other_parameters_and_seeds_than_the_manifest_has_are_fine(
    home: Home, run: RunFolder
) -> None:
    run.add(PlannedJob({"n": 3, "default": 1}, seed=9, status="crashed"))
    run.write_manifest(param_grid={"n": [1, 2]}, seeds=[1], strategies=["trend"], total_jobs=3)
    assert mismatches(home, run.path) == []


def test_a_run_that_loaded_stays_in_force_while_its_folder_waits(
    home: Home, run: RunFolder
) -> None:
    ingest_runs(home, [run.path])
    before = active_curves(home)
    run.file(run.jobs[0]).write_text(curve_csv([8, 9]))
    run.write_manifest(total_jobs=5)
    assert len(mismatches(home, run.path)) == 1
    assert active_curves(home) == before
    waiting = "select dataset, run_id, byte_count > 0 from raw.files where status = 'quarantined'"
    assert rows_of(home, waiting) == [(str(run.path), None, True)]
