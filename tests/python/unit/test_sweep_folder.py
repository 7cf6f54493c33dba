"""A run's folder: its second start, its lock, and what it refuses."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import Any

import pytest

from curvehouse.errors import BusyError, CurvehouseError, InvalidInputError, UsageError
from curvehouse.sweep.folder import RunFolder
from curvehouse.sweep.journal import JOURNAL, Journal
from sweep_runs import jobs_of, manifest_of, sweep, tree, write_bars


@pytest.fixture
def bars_file(tmp_path: Path) -> Path:
    return write_bars(tmp_path)


def test_a_finished_run_is_left_alone(bars_file: Path, tmp_path: Path) -> None:
    first = sweep(bars_file, tmp_path)
    before = tree(first.run_folder, with_timings=True)
    second = sweep(bars_file, tmp_path)
    assert second.was_already_done
    assert second.job_counts == first.job_counts
    assert tree(first.run_folder, with_timings=True) == before


def test_a_run_that_was_cut_off_is_computed_again(bars_file: Path, tmp_path: Path) -> None:
    whole = sweep(bars_file, tmp_path / "whole")

    def stop(done: int, planned: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(bars_file, tmp_path / "cut", on_progress=stop)
    folder = tmp_path / "cut" / "mine"
    assert not (folder / "jobs.jsonl").exists()
    created_at = "2020-02-02T02:02:02Z"
    manifest = json.loads((folder / "batch_run_manifest.json").read_text())
    (folder / "batch_run_manifest.json").write_text(
        json.dumps(manifest | {"created_at": created_at})
    )
    (folder / ".jobs.jsonl.tmp").write_text("half")
    with (folder / JOURNAL).open("a") as journal:
        journal.write('{"block": 3, "sizes"')
    (folder / "ma_crossover" / ".x_equity.csv.tmp").write_text("half")
    stale = jobs_of(whole)[5]
    assert (stale["strategy"], stale["status"]) == ("ma_crossover", "no_trades")
    (folder / "ma_crossover" / f"{stale['param_hash']}_trades.csv").write_text("stale")

    outcome = sweep(bars_file, tmp_path / "cut")
    assert not outcome.was_already_done
    assert manifest_of(outcome)["created_at"] == created_at
    assert tree(outcome.run_folder) == tree(whole.run_folder)


def test_a_start_without_a_manifest_is_taken_up(bars_file: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / ".batch_run_manifest.json.tmp").write_text("{")
    assert not sweep(bars_file, tmp_path).was_already_done
    assert not list(tmp_path.rglob("*.tmp"))


def test_another_spec_or_other_bars_are_refused(bars_file: Path, tmp_path: Path) -> None:
    results = tmp_path / "results"
    first = sweep(bars_file, results)
    before = tree(results / "mine", with_timings=True)
    with pytest.raises(UsageError, match="another sweep spec"):
        sweep(bars_file, results, fee_bps=6)
    bars_file.write_text(bars_file.read_text().replace("2020-01-01", "2019-12-31"))
    with pytest.raises(UsageError, match="another bars"):
        sweep(bars_file, results)
    assert tree(first.run_folder, with_timings=True) == before


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("notes.txt", "mine", "is not empty and not a run's folder"),
        ("batch_run_manifest.json", "{", "is not a manifest"),
        ("batch_run_manifest.json", "[]", "holds a run with another sweep spec"),
    ],
)
def test_other_folders_are_refused(
    bars_file: Path, tmp_path: Path, name: str, content: str, message: str
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / name).write_text(content)
    with pytest.raises(UsageError, match=message):
        sweep(bars_file, tmp_path)
    assert [path.name for path in folder.iterdir()] == [name]
    assert (folder / name).read_text() == content


def test_a_list_of_jobs_that_is_none(bars_file: Path, tmp_path: Path) -> None:
    outcome = sweep(bars_file, tmp_path)
    (outcome.run_folder / "jobs.jsonl").write_text("[]\n")
    with pytest.raises(InvalidInputError, match="is not a list of jobs"):
        sweep(bars_file, tmp_path)


def test_a_folder_that_cannot_be_made(bars_file: Path) -> None:
    with pytest.raises(UsageError, match="can't be made"):
        sweep(bars_file, bars_file)


def test_a_full_disk_is_said(
    bars_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(CurvehouseError, match=r"can't be written \(No space left"):
        sweep(bars_file, tmp_path)


def test_one_sweep_at_a_time_in_a_folder(bars_file: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    descriptor = os.open(tmp_path / "mine", os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with pytest.raises(BusyError, match="another sweep is writing to"):
            sweep(bars_file, tmp_path)
    finally:
        os.close(descriptor)
    assert not sweep(bars_file, tmp_path).was_already_done


def test_the_manifest_comes_first_and_the_jobs_last(
    bars_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    for owner, name in ((RunFolder, "begin"), (Journal, "append"), (RunFolder, "finish")):
        original = getattr(owner, name)

        def noted(*args: Any, _name: str = name, _original: Any = original, **kwargs: Any) -> None:
            order.append(_name)
            _original(*args, **kwargs)

        monkeypatch.setattr(owner, name, noted)
    sweep(bars_file, tmp_path)
    assert order == ["begin", *["append"] * 6, "finish"]
