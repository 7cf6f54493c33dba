from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from curvehouse.build.freshness import is_fresh, needs_full_refresh, project_fingerprint
from curvehouse.build_records import BuildRecord, WorkingState
from warehouses import make_project

NOON = datetime(2026, 1, 5, 12)
CLEAN = BuildRecord("clean", "build", None, 0, NOON, fingerprint="ours")
FAILED = replace(CLEAN, invocation_id="failed", error_count=1)
SELECTED = replace(CLEAN, invocation_id="selected", selection="select=['dim_x']")
PLAIN_TEST = replace(CLEAN, invocation_id="test", command="test", fingerprint=None)
PLAIN_RUN = replace(CLEAN, invocation_id="run", command="run", fingerprint=None)
OTHERS = replace(CLEAN, fingerprint="theirs")
BEFORE, AFTER = NOON - timedelta(seconds=1), NOON + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("builds", "loaded_at", "expected"),
    [
        ([CLEAN], None, True),
        ([CLEAN], BEFORE, True),
        ([FAILED, CLEAN], BEFORE, True),
        ([CLEAN], AFTER, False),
        ([CLEAN], NOON, False),
        ([], BEFORE, False),
        ([CLEAN, FAILED], BEFORE, False),
        ([CLEAN, SELECTED], BEFORE, False),
        ([CLEAN, PLAIN_TEST], BEFORE, False),
        ([OTHERS], BEFORE, False),
        ([replace(CLEAN, fingerprint=None)], BEFORE, False),
    ],
)
def test_only_a_clean_whole_build_of_this_project_after_the_last_ingest_is_fresh(
    builds: list[BuildRecord], loaded_at: datetime | None, expected: bool
) -> None:
    assert is_fresh(WorkingState(tuple(builds), loaded_at), "ours") is expected


@pytest.mark.parametrize(
    ("builds", "expected"),
    [
        ([], False),
        ([CLEAN], False),
        ([OTHERS, CLEAN], False),
        ([CLEAN, FAILED], False),
        ([CLEAN, PLAIN_TEST], False),
        ([OTHERS], True),
        ([CLEAN, PLAIN_RUN], True),
        ([OTHERS, FAILED], True),
        ([CLEAN, replace(FAILED, fingerprint="theirs")], True),
        ([replace(CLEAN, fingerprint=None)], True),
        ([FAILED], False),
    ],
)
def test_rows_of_other_code_ask_for_a_full_refresh(
    builds: list[BuildRecord], expected: bool
) -> None:
    assert needs_full_refresh(WorkingState(tuple(builds)), "ours") is expected


def edit(path: str) -> Callable[[Path], None]:
    def change(project: Path) -> None:
        file = project / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("changed")

    return change


def rename(project: Path) -> None:
    model = project / "models" / "marts" / "dim_x.sql"
    model.rename(model.with_name("dim_z.sql"))


@pytest.mark.parametrize(
    "change",
    [
        edit("dbt_project.yml"),
        edit("models/marts/dim_x.sql"),
        edit("models/new.sql"),
        edit("macros/finite.sql"),
        edit("seeds/new.csv"),
        edit("tests/dbt/new.sql"),
        rename,
    ],
)
def test_every_part_of_the_project_counts(tmp_path: Path, change: Callable[[Path], None]) -> None:
    project = make_project(tmp_path / "project")
    before = project_fingerprint(project, None)
    assert project_fingerprint(project, None) == before
    change(project)
    assert project_fingerprint(project, None) != before


def test_variables_count_and_other_files_do_not(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    before = project_fingerprint(project, None)
    edit("README.md")(project)
    edit("target/manifest.json")(project)
    edit("models/.marts.sql.swp")(project)
    assert project_fingerprint(project, None) == before
    assert project_fingerprint(project, "{a: 1}") != before
    assert project_fingerprint(make_project(tmp_path / "copy"), None) == before
