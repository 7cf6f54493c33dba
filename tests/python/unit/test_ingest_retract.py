"""What is retracted goes out of force, and stays out until it changes or is asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from curvehouse.errors import InvalidInputError, UsageError
from curvehouse.home import Home
from curvehouse.ingest import (
    ImportedBacktest,
    IngestReport,
    ingest_bars,
    ingest_equity,
    ingest_factors,
    ingest_runs,
    retract_paths,
    retract_run,
)
from raw_rows import active_curves, ledger_rows, rows_of, table_counts
from run_folder import TRADES_HEADER, PlannedJob, RunFolder, curve_csv


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """A run of two curves, one of them with trades."""
    folder = RunFolder(tmp_path / "results" / "run")
    first = folder.land(n=1)
    folder.land(curve_csv([5, 6]), n=2)
    folder.file(first, "trades").write_text(TRADES_HEADER)
    return folder


def counts(report: IngestReport) -> tuple[int, int, int, int]:
    return report.loaded, report.unchanged, report.quarantined, report.retracted


def in_force(home: Home) -> list[str]:
    found = rows_of(
        home,
        "select kind from raw.files where status in ('loaded', 'retracted') "
        "group by kind, run_id, strategy, param_hash, dataset "
        "having arg_max(status, load_id) = 'loaded' order by kind",
    )
    return [kind for (kind,) in found]


def test_a_retracted_file_is_out_and_its_rows_stay(home: Home, run: RunFolder) -> None:
    ingest_runs(home, [run.path])
    before = table_counts(home)
    first, second = run.jobs
    assert retract_paths(home, [run.file(first)]) == 1
    assert active_curves(home) == {run.backtest_id(second): [5.0, 6.0]}
    assert in_force(home) == ["equity", "jobs", "manifest", "trades"]
    assert table_counts(home) == before | {"files": before["files"] + 1}
    assert rows_of(
        home,
        "select now.file_path = was.file_path, now.file_sha256 = was.file_sha256, "
        "now.backtest_id = was.backtest_id, now.loaded_at > was.loaded_at, now.row_count "
        "from raw.files now join raw.files was on was.backtest_id = now.backtest_id "
        "and was.kind = now.kind and was.status = 'loaded' where now.status = 'retracted'",
    ) == [(True, True, True, True, None)]


def test_a_retracted_file_stays_out_until_its_content_is_new(home: Home, run: RunFolder) -> None:
    ingest_runs(home, [run.path])
    job = run.jobs[0]
    retracted = run.file(job).read_text()
    retract_paths(home, [run.file(job)])
    for _ in range(2):
        assert counts(ingest_runs(home, [run.path])) == (0, 4, 0, 1)
    run.file(job).write_text(curve_csv([7, 8]))
    assert counts(ingest_runs(home, [run.path])) == (1, 4, 0, 0)
    run.file(job).write_text(retracted)
    assert counts(ingest_runs(home, [run.path])) == (0, 4, 0, 1)
    assert active_curves(home)[run.backtest_id(job)] == [7.0, 8.0]


def test_what_was_retracted_can_be_loaded_again(home: Home, run: RunFolder) -> None:
    ingest_runs(home, [run.path])
    before = active_curves(home)
    retract_paths(home, [run.file(run.jobs[0])])
    assert counts(ingest_runs(home, [run.path], restore=True)) == (1, 4, 0, 0)
    assert counts(ingest_runs(home, [run.path])) == (0, 5, 0, 0)
    assert active_curves(home) == before


def test_a_folder_is_all_that_lies_below_it(home: Home, run: RunFolder, tmp_path: Path) -> None:
    beside = RunFolder(tmp_path / "results" / "run2", "run2")
    beside.land(n=1)
    ingest_runs(home, [tmp_path / "results"])
    assert retract_paths(home, [run.path / "trend"]) == 3
    assert in_force(home) == ["equity", "jobs", "jobs", "manifest", "manifest"]
    assert retract_paths(home, [tmp_path / "results"]) == 5
    assert in_force(home) == []


@pytest.mark.parametrize("name", ["batch_run_manifest.json", "jobs.jsonl", "."])
def test_the_plan_of_a_run_takes_the_run_along(home: Home, run: RunFolder, name: str) -> None:
    ingest_runs(home, [run.path])
    assert retract_paths(home, [run.path / name]) == 5
    assert in_force(home) == []


def test_several_paths_are_retracted_together_or_not_at_all(home: Home, run: RunFolder) -> None:
    ingest_runs(home, [run.path])
    first, second = (run.file(job) for job in run.jobs)
    before = ledger_rows(home)
    with pytest.raises(InvalidInputError, match="or lies below"):
        retract_paths(home, [first, run.path / "gone"])
    assert ledger_rows(home) == before
    assert retract_paths(home, [first, second, run.path / "trend"]) == 3


def test_a_path_is_known_by_links_and_dots_too(
    home: Home, run: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(run.path)
    ingest_runs(home, [Path("../run")])
    (tmp_path / "link").symlink_to(tmp_path / "results")
    assert retract_paths(home, [tmp_path / "link" / "run" / "trend"]) == 3
    assert retract_paths(home, [Path("../../results")]) == 2


def test_a_file_that_is_gone_can_be_retracted(home: Home, run: RunFolder) -> None:
    ingest_runs(home, [run.path])
    path = run.file(run.jobs[0])
    path.unlink()
    assert retract_paths(home, [path]) == 1
    assert list(active_curves(home)) == [run.backtest_id(run.jobs[1])]


def test_a_run_goes_out_whole_and_its_folder_stays_out(home: Home, run: RunFolder) -> None:
    ingest_runs(home, [run.path])
    assert retract_run(home, "run") == 5
    assert in_force(home) == []
    assert rows_of(home, "select count(distinct load_id), max(load_id) from raw.files") == [
        (10, 10)
    ]
    for _ in range(2):
        assert counts(ingest_runs(home, [run.path])) == (0, 0, 0, 5)
    assert counts(ingest_runs(home, [run.path], restore=True)) == (5, 0, 0, 0)
    assert len(active_curves(home)) == 2


def test_nothing_of_a_retracted_run_comes_back_alone(home: Home, run: RunFolder) -> None:
    ingest_runs(home, [run.path])
    retract_run(home, "run")
    # Another jobs.jsonl, as a sweep that was run again writes it, is no reason by itself.
    run.add(PlannedJob({"n": 3}, status="crashed"))
    assert counts(ingest_runs(home, [run.path])) == (0, 0, 0, 5)
    run.file(run.jobs[1]).write_text(curve_csv([7, 8]))
    assert counts(ingest_runs(home, [run.path])) == (3, 0, 0, 2)
    assert active_curves(home) == {run.backtest_id(run.jobs[1]): [7.0, 8.0]}
    assert in_force(home) == ["equity", "jobs", "manifest"]


def test_a_retracted_run_comes_back_with_another_manifest(home: Home, run: RunFolder) -> None:
    ingest_runs(home, [run.path])
    retract_run(home, "run")
    run.write_manifest(flags={"again": 1})
    assert counts(ingest_runs(home, [run.path])) == (2, 0, 0, 3)


def test_faults_of_a_retracted_run_are_not_reported(home: Home, run: RunFolder) -> None:
    run.land(curve_csv([1, "x"]), n=3)
    run.land(b"\xff", n=4)
    unplanned = run.path / "trend" / "notes_equity.csv"
    unplanned.write_text(curve_csv([1, 2]))
    good_once = run.jobs[1]
    ingest_runs(home, [run.path])
    run.file(good_once).write_text(curve_csv([1, "y"]))
    assert counts(ingest_runs(home, [run.path])) == (0, 4, 4, 0)
    assert retract_run(home, "run") == 8
    for _ in range(2):
        assert counts(ingest_runs(home, [run.path])) == (0, 0, 0, 8)
    # Both the good version and the refused one are out.
    run.file(good_once).write_text(curve_csv([5, 6]))
    assert counts(ingest_runs(home, [run.path])) == (0, 0, 0, 8)
    assert counts(ingest_runs(home, [run.path], restore=True)) == (5, 0, 3, 0)


def test_a_refused_file_can_be_taken_out_of_quarantine(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "closes.csv"
    path.write_text("date,A\n2020-01-01,-1\n")
    assert ingest_bars(home, path).quarantined == 1
    assert retract_paths(home, [path]) == 1
    assert counts(ingest_bars(home, path)) == (0, 0, 0, 1)
    assert counts(ingest_bars(home, path, restore=True)) == (0, 0, 1, 0)
    path.write_text("")
    assert ingest_bars(home, path).quarantined == 1
    retract_paths(home, [path])
    assert counts(ingest_bars(home, path)) == (0, 0, 0, 1)
    path.write_text("date,A\n2020-01-01,1\n")
    assert counts(ingest_bars(home, path)) == (1, 0, 0, 0)


def test_a_refused_folder_can_be_taken_out_of_quarantine(home: Home, run: RunFolder) -> None:
    (run.path / "batch_run_manifest.json").write_text("{")
    assert ingest_runs(home, [run.path]).quarantined == 1
    assert retract_paths(home, [run.path]) == 1
    assert counts(ingest_runs(home, [run.path])) == (0, 0, 0, 1)
    run.write_manifest()
    assert counts(ingest_runs(home, [run.path])) == (5, 0, 0, 0)


@pytest.mark.parametrize("kind", ["bars", "factors", "equity"])
def test_single_files_stay_out_and_come_back_when_asked(
    home: Home, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"{kind}.csv"
    path.write_text(curve_csv([1, 2]).replace("ts,equity", "date,x"))
    mine = ImportedBacktest("mine", "fund")
    loaders: dict[str, Callable[[bool], IngestReport]] = {
        "bars": lambda restore: ingest_bars(home, path, restore=restore),
        "factors": lambda restore: ingest_factors(home, path, restore=restore),
        "equity": lambda restore: ingest_equity(
            home, path, mine, equity_column="x", restore=restore
        ),
    }
    load = loaders[kind]
    assert counts(load(False)) == (1, 0, 0, 0)
    retract_paths(home, [path])
    assert counts(load(False)) == (0, 0, 0, 1)
    assert in_force(home) == []
    assert counts(load(True)) == (1, 0, 0, 0)
    assert in_force(home) == [kind]


def test_a_retracted_run_of_imports_takes_new_curves(home: Home, tmp_path: Path) -> None:
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.write_text(curve_csv([1, 2]))
    new.write_text(curve_csv([3, 4]))
    ingest_equity(home, old, ImportedBacktest("mine", "fund"))
    ingest_equity(home, old, ImportedBacktest("mine", "trust"))
    assert retract_run(home, "mine") == 2
    assert counts(ingest_equity(home, old, ImportedBacktest("mine", "fund"))) == (0, 0, 0, 1)
    assert counts(ingest_equity(home, new, ImportedBacktest("mine", "fund"))) == (1, 0, 0, 0)
    assert counts(ingest_equity(home, old, ImportedBacktest("mine", "other"))) == (1, 0, 0, 0)
    assert sorted(active_curves(home).values()) == [[1.0, 2.0], [3.0, 4.0]]


def test_the_name_of_a_retracted_run_stays_taken(home: Home, run: RunFolder) -> None:
    ingest_runs(home, [run.path])
    retract_run(home, "run")
    with pytest.raises(UsageError, match="is a sweep's"):
        ingest_equity(home, run.file(run.jobs[0]), ImportedBacktest("run", "fund"))
    imported = RunFolder(run.path.parent / "mine", "mine")
    ingest_equity(home, run.file(run.jobs[0]), ImportedBacktest("mine", "fund"))
    retract_run(home, "mine")
    assert "another run_id" in ingest_runs(home, [imported.path]).refused[0]


def test_nothing_to_retract_is_said_and_changes_nothing(home: Home, run: RunFolder) -> None:
    with pytest.raises(InvalidInputError, match="'run'"):
        retract_run(home, "run")
    with pytest.raises(InvalidInputError, match=str(run.path)):
        retract_paths(home, [run.path])
    assert not home.root.exists()
    ingest_runs(home, [run.path])
    retract_run(home, "run")
    before = ledger_rows(home)
    with pytest.raises(InvalidInputError, match="nothing of the run 'run'"):
        retract_run(home, "run")
    with pytest.raises(InvalidInputError, match="no file in force or in quarantine"):
        retract_paths(home, [run.path])
    assert ledger_rows(home) == before
