"""The whole project on a cluster makes the same tables, and what goes wrong there is said."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest
from polars.testing import assert_frame_equal

from conftest import PROJECT_DIR, RunCli
from curvehouse.home import Home
from curvehouse.publish.gate import marts_of
from curvehouse.spark.raw_files import export_raw_tables
from spark.clusters import Cluster
from spark.small_warehouse import VARS
from spark.spark_folders import build_folder


def start_build(folder: Path, *words: str, environment: dict[str, str]) -> subprocess.Popen[str]:
    """Begin `dbt build` as a user would."""
    return subprocess.Popen(
        [
            Path(sys.executable).with_name("dbt"),
            *("--no-use-colors", "--log-level-file", "none"),
            *("build", "--exclude-resource-type", "unit_test", "--vars", VARS),
            *("--target", "spark", "--target-path", str(folder / "target"), *words),
        ],
        cwd=PROJECT_DIR,
        env=os.environ | {"CURVEHOUSE_SPARK_DIR": str(folder)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def build_on_spark(folder: Path, *words: str, environment: dict[str, str]) -> tuple[int, str]:
    """Run `dbt build` to its end, and return its code and what it said."""
    process = start_build(folder, *words, environment=environment)
    said, _ = process.communicate()
    return process.returncode, said


def of_cluster(cluster: Cluster) -> dict[str, str]:
    return {**cluster.environment, "SPARK_MASTER": cluster.master}


def assert_marts_are_those_of(built: Home, published: Home, folder: Path) -> None:
    marts = marts_of(json.loads((folder / "target" / "manifest.json").read_text()))
    with (
        duckdb.connect(str(published.published_file), read_only=True) as ours,
        duckdb.connect(str(built.working_file), read_only=True) as theirs,
    ):
        for mart in marts:
            query = f"from {mart.name} order by {', '.join(mart.key)}"
            found, wanted = ours.sql(query).pl(), theirs.sql(query).pl()
            try:
                assert_frame_equal(found, wanted, rel_tol=1e-9, abs_tol=1e-12)
            except AssertionError as error:
                raise AssertionError(f"{mart.name}: {error}") from None


@pytest.fixture
def raw_folder(small_home: Home, tmp_path: Path) -> Path:
    folder = tmp_path / "spark"
    export_raw_tables(small_home, folder)
    return folder


def test_every_mart_is_that_of_duckdb(
    raw_folder: Path, small_home: Home, home: Home, cluster: Cluster, run_cli: RunCli
) -> None:
    code, said = build_on_spark(raw_folder, environment=of_cluster(cluster))
    assert code == 0, said
    done = run_cli("publish", "--from", raw_folder)
    assert done.exit_code == 0, done.stderr
    assert_marts_are_those_of(small_home, home, raw_folder)


def test_every_mart_has_rows(small_home: Home) -> None:
    """Else there would be nothing to compare."""
    manifest = json.loads((small_home.target / "manifest.json").read_text())
    with duckdb.connect(str(small_home.working_file), read_only=True) as connection:
        counts = {
            mart.name: connection.sql(f"from {mart.name}").count("*").fetchall()[0][0]
            for mart in marts_of(manifest)
        }
    empty = {"fct_quarantined_files", "fct_restated_curves"}
    assert {name for name, count in counts.items() if not count} <= empty


@pytest.mark.soak
def test_a_worker_without_our_packages_is_said(raw_folder: Path, cluster: Cluster) -> None:
    bare = {"PYSPARK_PYTHON": str(Path(sys.base_prefix) / "bin" / "python3")}
    words = ["--select", "+int_portfolio_entries_listed"]
    code, said = build_on_spark(raw_folder, *words, environment=of_cluster(cluster) | bare)
    assert code == 1
    assert "a Spark worker lacks a Python package (No module named '" in said
    assert "Traceback" not in said


def test_no_java_is_said_by_dbt(raw_folder: Path, tmp_path: Path) -> None:
    environment = {"SPARK_MASTER": "local[1]", "JAVA_HOME": str(tmp_path)}
    code, said = build_on_spark(raw_folder, environment=environment)
    assert code != 0
    assert f"Spark needs Java 17 or newer, and JAVA_HOME is {tmp_path}" in said
    assert "Traceback" not in said
    assert not (raw_folder / "builds").exists()


@pytest.mark.soak
@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("after_tables", [2, 15, 30])
def test_an_executor_that_is_killed_changes_nothing(
    after_tables: int,
    raw_folder: Path,
    small_home: Home,
    cluster: Cluster,
    run_cli: RunCli,
) -> None:
    process = start_build(raw_folder, environment=of_cluster(cluster))
    killed = 0
    while process.poll() is None and not killed:
        time.sleep(0.2)
        builds = raw_folder / "builds"
        if builds.is_dir() and len(list(builds.glob("*/main/*/_SUCCESS"))) >= after_tables:
            for executor in cluster.executors():
                os.kill(executor, signal.SIGKILL)
                killed += 1
    said, _ = process.communicate()
    assert killed
    assert process.returncode == 0, said
    assert build_folder(raw_folder)
    assert run_cli("publish", "--from", raw_folder).exit_code == 0
    assert_marts_are_those_of(small_home, Home.resolve(), raw_folder)
