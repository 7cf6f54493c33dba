"""A disk that fills up leaves the last good state, and the command says so in one sentence.

A small mounted disk is the real thing, where it can be had; a limit on the size of files stands in
for it everywhere.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from conftest import run_command
from curvehouse.home import Home
from reliability.disks import filled, mounted, small_files
from reliability.kills import copied, run
from reliability.story import Story
from reliability.wholeness import check_raw, ledger_of, published_marts
from run_folder import curve_csv


def refuse(home: Home, *words: str) -> None:
    """The command says in one sentence that the disk is full, and what to do."""
    done = run_command(home.root.parent, "curvehouse", *words, "--home", str(home.root))
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr, done.stderr
    said = done.stderr.splitlines()[-1]
    assert said.startswith(f"curvehouse: the disk is full, so {home.root}"), said
    assert "Make room and run this command again." in said
    assert "No space left on device" in said or "File too large" in said


def check_unchanged(story: Story, home: Home) -> None:
    """Nothing is there by half, and what was published is."""
    check_raw(home, story.contents)
    published_marts(home, story.keys).check_equal(story.marts_before)
    assert list(home.publications.glob(".*")) == []
    run(home, "status")


@pytest.mark.parametrize("left", [0, 100, 600])
def test_an_ingest_on_a_full_disk_loads_whole_runs(story: Story, tmp_path: Path, left: int) -> None:
    with mounted(tmp_path / "disk", 240) as disk:
        home = copied(story.before, disk)
        with filled(disk, left):
            refuse(home, "ingest", "runs", str(story.results))
            check_unchanged(story, home)
            story.check_batches(home)
        run(home, "ingest", "runs", str(story.results), code=1)
        run(home, "ingest", "bars", str(story.bars))
        assert ledger_of(home) == ledger_of(story.ingested)


@pytest.mark.parametrize("left", [500, pytest.param(4000, marks=pytest.mark.soak)])
def test_a_build_on_a_full_disk_publishes_nothing(story: Story, tmp_path: Path, left: int) -> None:
    with mounted(tmp_path / "disk", 240) as disk:
        home = copied(story.ingested, disk)
        with filled(disk, left):
            refuse(home, "build")
            check_unchanged(story, home)
            assert ledger_of(home) == ledger_of(story.ingested)
        run(home, "build")
        published_marts(home, story.keys).check_equal(story.marts_after)


@pytest.mark.parametrize(
    ("words", "left"), [(["publish"], 0), (["publish"], 100), (["publish", "--parquet"], 900)]
)
def test_a_publish_on_a_full_disk_leaves_the_link(
    story: Story, tmp_path: Path, words: list[str], left: int
) -> None:
    with mounted(tmp_path / "disk", 240) as disk:
        home = copied(story.built, disk)
        with filled(disk, left):
            refuse(home, *words)
            check_unchanged(story, home)
            assert ledger_of(home) == ledger_of(story.built)
        run(home, "publish")
        published_marts(home, story.keys).check_equal(story.marts_after)


@pytest.mark.soak
def test_a_full_disk_of_artefacts_fails_the_build_and_one_of_logs_does_not(
    story: Story, tmp_path: Path
) -> None:
    home = copied(story.ingested, tmp_path)
    with mounted(tmp_path / "target", 8) as target, mounted(tmp_path / "logs", 1) as logs:
        for folder, disk in ((home.target, target), (home.logs, logs)):
            folder.rename(folder.with_name(f"former_{folder.name}"))
            folder.symlink_to(disk)
        with filled(target, 0), filled(logs, 0):
            refuse(home, "build")
            check_unchanged(story, home)
            assert ledger_of(home) == ledger_of(story.ingested)
        with filled(logs, 0):
            run(home, "build")
        published_marts(home, story.keys).check_equal(story.marts_after)


def test_a_sweep_on_a_full_disk_goes_on_when_there_is_room(tmp_path: Path) -> None:
    spec, bars = tmp_path / "spec.json", tmp_path / "SPY.csv"
    spec.write_text(
        json.dumps(
            {
                "run_id": "mine",
                "strategies": ["random_flip"],
                "symbols": ["SPY"],
                "param_grid": {},
                "seeds": list(range(40)),
            }
        )
    )
    prices = [100 + day % 7 for day in range(2000)]
    bars.write_text(curve_csv(prices).replace("ts,equity", "date,close"))
    with mounted(tmp_path / "disk", 8) as disk:
        words = ["curvehouse", "sweep", str(spec), "--bars", str(bars), "--results", str(disk)]
        with filled(disk, 500):
            done = run_command(tmp_path, *words)
            assert done.returncode == 1
            (said,) = done.stderr.splitlines()
            assert said.startswith(f"curvehouse: {disk}")
            assert "can't be written (No space left on device); make room" in said
        done = run_command(tmp_path, *words)
        assert done.returncode == 0, done.stderr
        assert len(list(disk.glob("mine/random_flip/*_equity.csv"))) == 40
        assert list(disk.glob("mine/**/.*")) == []


def test_a_limit_on_files_stops_an_ingest(story: Story, tmp_path: Path) -> None:
    home = copied(story.before, tmp_path)
    with small_files(50):
        refuse(home, "ingest", "runs", str(story.results))
    check_unchanged(story, home)
    assert ledger_of(home) == ledger_of(story.before)
    run(home, "ingest", "runs", str(story.results), code=1)


def test_what_was_loaded_stays_loaded_where_only_the_checkpoint_had_no_room(
    story: Story, tmp_path: Path
) -> None:
    home = copied(story.before, tmp_path)
    with small_files(home.working_file.stat().st_size // 1024):
        refuse(home, "ingest", "runs", str(story.results))
    check_raw(home, story.contents)
    assert ledger_of(home)["beta"] == ledger_of(story.ingested)["beta"]
    run(home, "status")
    done = run(home, "ingest", "runs", str(story.results), code=1)
    assert done.stdout.startswith("loaded 0,")


@pytest.mark.parametrize("room", ["of a model", pytest.param("of a file", marks=pytest.mark.soak)])
def test_a_limit_on_files_stops_a_build(story: Story, tmp_path: Path, room: str) -> None:
    home = copied(story.ingested, tmp_path)
    size = home.working_file.stat().st_size // 1024
    with small_files(size if room == "of a file" else 150):
        refuse(home, "build")
    check_unchanged(story, home)
    assert ledger_of(home) == ledger_of(story.ingested)
    run(home, "build")
    published_marts(home, story.keys).check_equal(story.marts_after)


def test_a_limit_on_files_stops_a_publish(story: Story, tmp_path: Path) -> None:
    home = copied(story.built, tmp_path)
    with small_files(600):
        refuse(home, "publish")
    check_unchanged(story, home)
    assert ledger_of(home) == ledger_of(story.built)
    run(home, "publish")
    published_marts(home, story.keys).check_equal(story.marts_after)


def test_a_query_whose_output_has_no_room_says_so(story: Story, tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no /dev/full here")
    with full.open("w") as output:
        done = run_command(
            tmp_path,
            "curvehouse",
            *("query", "from fct_equity_daily", "--format", "csv"),
            *("--home", str(story.after.root)),
            stdout=output,
        )
    assert done.returncode == 1
    assert done.stderr == f"curvehouse: the output can't be written ({os.strerror(28)}).\n"
