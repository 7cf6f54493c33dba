"""What a build on Spark made is published as a build here is, or refused for the same reasons."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from conftest import RunCli
from curvehouse.database import open_working_file
from curvehouse.home import Home
from curvehouse.publish import current_publication
from spark.spark_folders import build_folder, write_spark_folder


@pytest.fixture(scope="module")
def made(small_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    write_spark_folder(small_home, folder)
    return folder


@pytest.fixture
def spark_folder(made: Path, tmp_path: Path) -> Path:
    """A folder of one's own with what a build leaves."""
    return Path(shutil.copytree(made, tmp_path / "spark"))


def rewrite(folder: Path, query: str) -> None:
    """Put what a query makes of `rows`, all files of a folder, in their place."""
    with duckdb.connect() as connection:
        connection.execute(f"create table rows as from read_parquet('{folder}/*.parquet')")
        shutil.rmtree(folder)
        folder.mkdir()
        connection.execute(f"copy ({query}) to '{folder}/part-0.parquet' (format parquet)")


def test_the_publication_is_that_of_the_same_build_here(
    spark_folder: Path, small_home: Home, home: Home, run_cli: RunCli
) -> None:
    done = run_cli("publish", "--from", spark_folder)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.strip() == str(home.published_file)
    ours, theirs = current_publication(home), current_publication(small_home)
    assert ours is not None
    assert theirs is not None
    # Over rows, columns, constraints and comments of all tables.
    assert ours.fingerprint == theirs.fingerprint
    again = run_cli("publish", "--from", spark_folder)
    assert "Published already" in again.stderr
    assert sorted(path.name for path in home.root.iterdir()) == [
        ".lock", "current", "curvehouse.duckdb", "publications",
    ]  # fmt: skip


def drop_manifest(folder: Path) -> None:
    (folder / "target" / "manifest.json").unlink()


def drop_record(folder: Path) -> None:
    shutil.rmtree(build_folder(folder) / "operations")


def record_says(value: str) -> Callable[[Path], None]:
    """Return what puts another value, with its column, into the record of the build."""

    def spoil(folder: Path) -> None:
        place = build_folder(folder) / "operations" / "builds"
        rewrite(place, f"select * replace ({value}) from rows")

    return spoil


def break_a_contract(folder: Path) -> None:
    rewrite(
        build_folder(folder) / "main" / "fct_equity_daily",
        "select * replace (-1.0::double as equity) from rows",
    )


def lose_a_mart(folder: Path) -> None:
    shutil.rmtree(build_folder(folder) / "main" / "fct_trades")


def export_anew(folder: Path) -> None:
    later = datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=1)
    rewrite(
        folder / "raw" / "files", f"select * replace (timestamp '{later}' as loaded_at) from rows"
    )


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (drop_manifest, "manifest.json is missing or no manifest of dbt"),
        (drop_record, "has no record of the build, so it did not finish"),
        (record_says("2::integer as error_count"), "had 2 errors"),
        (record_says("'not finished' as selection"), "did not finish"),
        (
            record_says("'select=dim_runs' as selection"),
            "was not of everything (select=dim_runs)",
        ),
        (break_a_contract, "mart fct_equity_daily of the Spark build breaks its contract"),
        (lose_a_mart, "mart fct_trades is missing from the Spark build"),
        (export_anew, "files were loaded after the last build"),
    ],
)
def test_what_is_not_whole_is_refused_and_what_is_published_stays(
    spoil: Callable[[Path], None], said: str, spark_folder: Path, home: Home, run_cli: RunCli
) -> None:
    shutil.copytree(spark_folder, home.root / "before")
    assert run_cli("publish", "--from", home.root / "before").exit_code == 0
    before = current_publication(home)
    spoil(spark_folder)
    done = run_cli("publish", "--from", spark_folder)
    assert done.exit_code == 1
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert current_publication(home) == before
    assert not (home.root / ".from-spark").exists()


def test_what_was_loaded_here_since_the_export_is_not_left_out(
    spark_folder: Path, home: Home, run_cli: RunCli
) -> None:
    with open_working_file(home) as connection:
        connection.execute(
            "insert into raw.files (load_id, kind, file_path, status, loaded_at) values "
            "(1, 'bars', 'later.csv', 'loaded', now() at time zone 'UTC')"
        )
    done = run_cli("publish", "--from", spark_folder)
    assert done.exit_code == 1
    assert "files were loaded in" in done.stderr
    assert "after its raw tables were exported" in done.stderr


def test_a_rollback_is_of_what_was_published_here(spark_folder: Path, run_cli: RunCli) -> None:
    done = run_cli("publish", "--from", spark_folder, "--rollback")
    assert done.exit_code == 2
    assert "leave out --parquet, --no-parquet and --from" in done.stderr


def test_the_manifest_says_which_build_counts(
    spark_folder: Path, home: Home, run_cli: RunCli
) -> None:
    path = spark_folder / "target" / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["metadata"]["invocation_id"] = "another"
    path.write_text(json.dumps(manifest))
    done = run_cli("publish", "--from", spark_folder)
    assert done.exit_code == 1
    assert "builds/another has no record of the build" in done.stderr
    assert current_publication(home) is None
