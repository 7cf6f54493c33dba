"""What a published file says of itself."""

from __future__ import annotations

import hashlib
import re
import subprocess
from pathlib import Path
from typing import Any

import duckdb
import pytest

import curvehouse
from conftest import PROJECT_DIR
from curvehouse.home import Home
from curvehouse.project import project_revision
from curvehouse.publish.meta_tables import grain_of
from curvehouse.publish.publication import read_record
from curvehouse.publish.writer import write_publication
from warehouses import make_built_home, reading, rows


def one_row(home: Home, table: str) -> dict[str, Any]:
    with reading(home) as connection:
        (row,) = connection.execute(f"from {table}").fetchall()
        return dict(zip((column[0] for column in connection.description), row, strict=True))


def test_the_row_of_a_publication(home: Home) -> None:
    make_built_home(home)
    publication, _ = write_publication(home, PROJECT_DIR)
    assert one_row(home, "meta_publication") == {
        "publication_id": publication.publication_id,
        "published_at": publication.published_at,
        "dbt_invocation_id": "first",
        "built_at": publication.finished_at,
        "project_revision": None,
        "curvehouse_version": curvehouse.__version__,
        "dbt_version": None,
        "duckdb_version": duckdb.__version__,
        "metric_definitions_version": None,
        "content_fingerprint": publication.fingerprint,
        "table_count": 4,
        "row_count": 3 + 2 + 1 + 4,
    }


def test_the_table_of_contents(home: Home) -> None:
    make_built_home(home)
    write_publication(home, PROJECT_DIR)
    listed = rows(home, "select table_name, grain, key_columns, row_count from meta_tables")
    assert listed == [
        ('Odd "mart"', None, "key of it", 2),
        ("dim_x", "One row per x.", "load_id", 3),
        (
            "meta_publication",
            "One row: which publication this is, of which build, by which versions.",
            "publication_id",
            1,
        ),
        (
            "meta_tables",
            "One row per table of this file: its grain, its key and its rows.",
            "table_name",
            4,
        ),
    ]


def test_the_demo_says_what_it_is(demo_home: Home) -> None:
    about = one_row(demo_home, "meta_publication")
    published = read_record(demo_home.publications / about["publication_id"])
    assert published is not None
    assert about["publication_id"] == published.publication_id
    assert about["content_fingerprint"] == published.fingerprint
    assert about["dbt_version"].startswith("1.11.")
    # dbt leaves out the white space at the ends.
    catalogue = (PROJECT_DIR / "seeds" / "metric_definitions.csv").read_text().strip()
    assert about["metric_definitions_version"] == hashlib.sha256(catalogue.encode()).hexdigest()
    if project_revision(PROJECT_DIR) is not None:
        assert re.fullmatch("[0-9a-f]{40}(-dirty)?", about["project_revision"])


def test_the_demos_table_of_contents_is_true(demo_home: Home) -> None:
    with reading(demo_home) as connection:
        listed = connection.execute(
            "select table_name, column_count, row_count, description, key_columns from meta_tables"
        ).fetchall()
        tables = connection.execute(
            "select table_name, column_count, comment from duckdb_tables() order by table_name"
        ).fetchall()
        assert len(tables) > 40
        assert [entry[:2] for entry in listed] == [table[:2] for table in tables]
        for (name, _, count, description, key), (_, _, comment) in zip(listed, tables, strict=True):
            assert description == comment.strip()
            counted = connection.execute(
                f"select count(*), count(distinct ({key})) from {name}"
            ).fetchall()
            assert counted == [(count, count)], name
        grains = connection.execute("select grain from meta_tables where topic <> 'meta'")
        assert all(grain.startswith("One row per ") for (grain,) in grains.fetchall())
        total = connection.execute("select sum(row_count) from meta_tables").fetchall()
        assert total == connection.execute("select row_count from meta_publication").fetchall()


def test_they_are_commented_and_plainly_typed(home: Home) -> None:
    make_built_home(home)
    write_publication(home, PROJECT_DIR)
    columns = rows(
        home,
        "select table_name, data_type, comment from duckdb_columns() where table_name like 'meta%'",
    )
    assert len(columns) == 19
    assert all(comment.endswith(".") for _, _, comment in columns)
    assert {kind for _, kind, _ in columns} == {"VARCHAR", "TIMESTAMP", "INTEGER", "BIGINT"}
    nowhere_null = "from meta_tables where table_name is null or topic is null or grain = ''"
    assert rows(home, nowhere_null) == []


@pytest.mark.parametrize(
    ("description", "grain"),
    [
        ("One row per x. More.", "One row per x."),
        ("One row per x at 0.5 a\n day.\nMore.", "One row per x at 0.5 a day."),
        ("No end", "No end"),
        ("  ", None),
    ],
)
def test_the_grain_is_the_first_sentence(description: str, grain: str | None) -> None:
    assert grain_of(description) == grain


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@b.example"]
    done = subprocess.run(
        ["git", "-C", folder, *identity, *words], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_the_revision_is_that_of_a_project_kept_in_git(tmp_path: Path) -> None:
    project = tmp_path / "inner"
    project.mkdir()
    assert project_revision(project) is None
    git(tmp_path, "init", "--quiet")
    (project / "dbt_project.yml").write_text("name: x\n")
    (tmp_path / "other").write_text("")
    git(tmp_path, "add", "other")
    git(tmp_path, "commit", "--quiet", "--message", "other")
    # Inside a repository, but no part of it, as an installed package is.
    assert project_revision(project) is None
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "project")
    revision = git(tmp_path, "rev-parse", "HEAD")
    assert project_revision(project) == revision
    (project / "dbt_project.yml").write_text("name: y\n")
    assert project_revision(project) == f"{revision}-dirty"
