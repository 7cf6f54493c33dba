"""Builds of a tiny project by dbt itself: what they leave, and what publish then says."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from conftest import RunCli
from curvehouse.build import BuildResult, BuildStep, run_build
from curvehouse.build_records import (
    BuildRecord,
    WorkingState,
    read_state,
    reading_working_file,
)
from curvehouse.errors import BuildError, PublishError
from curvehouse.home import HOME_VARIABLE, Home
from curvehouse.lock import lock_holder
from curvehouse.publish import publish
from curvehouse.publish.gate import require_publishable
from warehouses import load_file, make_project, rows

# Several dbt commands in one process, to spend the time of starting only once.
PLAIN_DBT = """
import sys
from dbt.cli.main import dbtRunner

for line in sys.stdin:
    outcome = dbtRunner().invoke([*line.split(), "--quiet"])
    assert outcome.success, (line, outcome.exception)
"""
BUILD = """
import sys
from pathlib import Path
from curvehouse.build import run_build
from curvehouse.errors import CurvehouseError
from curvehouse.home import Home

try:
    run_build(Home(Path(sys.argv[1])), project=Path(sys.argv[2]), variables=sys.argv[3])
except CurvehouseError as error:
    print(error)
    sys.exit(error.exit_code)
"""
SLOW = "{value: (select cast(count(*) as double) from range(10000000) a, range(1000000) b)}"


@dataclass(frozen=True)
class Built:
    home: Home
    project: Path
    result: BuildResult
    steps: list[BuildStep]

    def files(self) -> set[str]:
        return {str(path.relative_to(self.project)) for path in self.project.rglob("*")}

    def build(self, variables: str | None = None, *, force: bool = False) -> BuildResult:
        return run_build(self.home, project=self.project, variables=variables, force=force)

    def last_build(self) -> BuildRecord:
        with reading_working_file(self.home) as connection:
            last = read_state(connection).last_build
        assert last is not None
        return last


@pytest.fixture(scope="session")
def first_build(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("build")
    home, project = Home(folder / "home"), make_project(folder / "project")
    steps: list[BuildStep] = []
    before = {str(path.relative_to(project)) for path in project.rglob("*")}
    result = run_build(home, project=project, on_step=steps.append)
    built = Built(home, project, result, steps)
    assert built.files() == before, "dbt wrote into the project"
    return built


@pytest.fixture
def built(first_build: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Built:
    """A copy of the first build, for a test to go on with."""
    home = Home(tmp_path / "home")
    shutil.copytree(first_build.home.root, home.root, symlinks=True)
    monkeypatch.setenv(HOME_VARIABLE, str(home.root))
    return Built(home, first_build.project, first_build.result, first_build.steps)


def test_a_build_runs_models_and_tests_and_publishes(first_build: Built) -> None:
    result = first_build.result
    assert result.is_new
    assert result.node_count == 4
    assert result.warnings == ("test value_is_tiny: 1 failing row (tests/dbt/value_is_tiny.sql)",)
    assert result.published is not None
    assert result.published.is_new
    assert rows(first_build.home, "select load_id, value from dim_x") == [(1, 1.5)]
    assert first_build.last_build().is_clean_and_whole
    assert first_build.last_build().fingerprint is not None
    assert not first_build.home.working_file.with_suffix(".duckdb.wal").exists()


def test_steps_count_up_to_all_nodes(first_build: Built) -> None:
    assert first_build.steps[0] == BuildStep(0, 0, "starting dbt")
    counts = [step.done for step in first_build.steps]
    assert counts == sorted(counts)
    assert first_build.steps[-1].done == first_build.steps[-1].total == 4
    assert {"dim_x", "value_is_small"} <= {step.name for step in first_build.steps}


def test_the_log_is_for_people(first_build: Built) -> None:
    log = (first_build.home.logs / "dbt.log").read_text()
    assert "create  table" in log
    assert not log.lstrip().startswith("{")


def test_a_second_build_does_nothing_until_a_file_is_loaded(
    built: Built, run_cli: RunCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("curvehouse.build.run.project_dir", lambda: built.project)
    results = built.home.target / "run_results.json"
    before = results.stat().st_mtime_ns
    outcome = run_cli("build")
    assert outcome.exit_code == 0
    assert results.stat().st_mtime_ns == before
    finished_at = f"{built.result.finished_at:%Y-%m-%d %H:%M:%S}"
    assert f"Nothing new since the build of {finished_at} UTC" in outcome.stderr
    assert "Published already" in outcome.stderr
    assert outcome.stdout == f"{built.home.published_file}\n"

    load_file(built.home, built.last_build().finished_at)
    outcome = run_cli("build")
    assert outcome.exit_code == 0
    assert results.stat().st_mtime_ns != before
    assert "Built and tested 4 models and tests" in outcome.stderr
    assert "Published already" in outcome.stderr


def test_what_stands_is_published_by_a_second_build(built: Built) -> None:
    built.home.published_file.unlink()
    again = built.build()
    assert not again.is_new
    assert again.published is not None
    assert again.published.is_new


def test_a_failing_test_is_named_with_its_rows_and_nothing_is_published(built: Built) -> None:
    link = built.home.current.readlink()
    with pytest.raises(BuildError) as caught:
        built.build("{value: 200e0}")
    assert str(caught.value).splitlines() == [
        "1 of 4 models and tests failed; what is published stays as it was.",
        "  test value_is_small: 2 failing rows (tests/dbt/value_is_small.sql)",
        f"The log is {built.home.logs / 'dbt.log'}",
    ]
    assert built.last_build().error_count == 1
    assert built.last_build().selection is None
    with pytest.raises(PublishError, match="had 1 error"):
        publish(built.home, project=built.project)
    assert built.home.current.readlink() == link
    assert rows(built.home, "select value from dim_x") == [(1.5,)]


def test_a_rollback_outlives_builds_that_make_nothing_else(
    built: Built, run_cli: RunCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("curvehouse.build.run.project_dir", lambda: built.project)
    monkeypatch.setattr("curvehouse.publish.project_dir", lambda: built.project)
    value = ["build", "--vars", "{value: 2.5e0}"]
    assert "with Parquet files" in run_cli(*value, "--parquet").stderr
    assert rows(built.home, "select value from dim_x") == [(2.5,)]
    assert (built.home.current / "parquet" / "dim_x.parquet").is_file()
    outcome = run_cli("publish", "--rollback")
    assert outcome.exit_code == 0
    assert outcome.stderr.startswith("Rolled back from ")
    assert outcome.stdout == f"{built.home.published_file}\n"
    for _ in range(2):
        outcome = run_cli(*value)
        assert "Nothing new since" in outcome.stderr
        assert "was rolled back" in outcome.stderr
        assert rows(built.home, "select value from dim_x") == [(1.5,)]
    assert "The rollback is ended" in run_cli("publish").stderr
    assert rows(built.home, "select value from dim_x") == [(2.5,)]


def test_a_failing_model_is_named_with_the_database_s_words(built: Built) -> None:
    with pytest.raises(BuildError, match=r"model dim_x: .*went wrong.* \(models/marts/dim_x.sql\)"):
        built.build("{value: cast(error('went wrong') as double)}")
    assert built.last_build().error_count == 1
    assert rows(built.home, "select value from dim_x") == [(1.5,)]


def test_a_project_that_dbt_cannot_read_fails_with_its_words(built: Built, tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    (project / "models" / "marts" / "dim_y.sql").write_text("select * from {{ ref('nowhere') }}")
    with pytest.raises(BuildError, match="depends on a node named 'nowhere'"):
        run_build(built.home, project=project)
    # Nothing ran, so what was built still stands.
    assert built.last_build().is_clean_and_whole
    assert built.build().is_new is False


@pytest.fixture
def slow_build(built: Built) -> Iterator[subprocess.Popen[str]]:
    """A build in a session of its own, when dbt has begun a model that takes forever."""
    process = subprocess.Popen(
        [sys.executable, "-c", BUILD, str(built.home.root), str(built.project), SLOW],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    log = built.home.logs / "dbt.log"
    wait_until(lambda: log.read_text().count("START sql table model main.dim_x") == 2)
    yield process
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def assert_unfinished(built: Built) -> None:
    assert built.last_build().selection == "not finished"
    with pytest.raises(PublishError, match=r"did not finish|\.wal is there"):
        publish(built.home, project=built.project)
    assert rows(built.home, "select value from dim_x") == [(1.5,)]


def test_an_interrupted_build_stops_dbt_and_says_so(
    built: Built, slow_build: subprocess.Popen[str]
) -> None:
    # As the terminal does it: to the command and to dbt.
    os.killpg(slow_build.pid, signal.SIGINT)
    printed, _ = slow_build.communicate(timeout=60)
    assert slow_build.returncode == 1
    assert printed.startswith("the build was interrupted; what is published stays as it was.")
    assert lock_holder(built.home) is None
    assert_unfinished(built)


def test_dbt_keeps_the_lock_when_the_command_is_killed(
    built: Built, slow_build: subprocess.Popen[str]
) -> None:
    slow_build.kill()
    slow_build.communicate()
    assert "`curvehouse build`" in str(lock_holder(built.home))
    os.killpg(slow_build.pid, signal.SIGKILL)
    wait_until(lambda: lock_holder(built.home) is None)
    assert_unfinished(built)


COMMANDS = {
    "build": None,
    "build --exclude-resource-type unit_test": None,
    "build --full-refresh": None,
    "build --select dim_x": "not of everything",
    "build --exclude value_is_tiny": "not of everything",
    "build --resource-type model": "not of everything",
    "build --exclude-resource-type test": "not of everything",
    "build --empty": "not of everything",
    "run": "was `dbt run`",
    "test": "was `dbt test`",
}


def test_publish_trusts_only_a_plain_build_of_everything(built: Built) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PLAIN_DBT],
        env={**os.environ, "DBT_PROFILES_DIR": str(built.project)},
        cwd=built.project,
        stdin=subprocess.PIPE,
    )
    options = f"--target-path {built.home.target} --log-path {built.home.logs}"
    commands = "".join(f"{command} {options}\n" for command in COMMANDS)
    process.communicate(commands.encode())
    assert process.returncode == 0
    with reading_working_file(built.home) as connection:
        records = read_state(connection).builds[-len(COMMANDS) :]
    for (command, reason), record in zip(COMMANDS.items(), records, strict=True):
        assert record.command == command.split()[0]
        assert record.error_count == 0
        assert record.is_clean_and_whole is (reason is None), command
        if reason is not None:
            with pytest.raises(PublishError, match=reason):
                require_publishable(WorkingState((record,)))
