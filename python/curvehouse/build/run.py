"""One whole build: is there anything to do, dbt, what it said, publish."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb

from curvehouse.build.dbt_process import BuildStep, DbtOutcome, dbt_arguments, run_dbt
from curvehouse.build.freshness import is_fresh, needs_full_refresh, project_fingerprint
from curvehouse.build.results import NodeResult, read_results
from curvehouse.build_records import (
    WorkingState,
    note_project,
    read_state,
    reading_working_file,
)
from curvehouse.database import open_working_file
from curvehouse.errors import BuildError
from curvehouse.home import Home
from curvehouse.lock import writer_lock
from curvehouse.project import project_dir, project_revision
from curvehouse.publish import PublishResult, publish_under_lock
from curvehouse.publish.gate import find_manifest, targets_of
from curvehouse.storage import storage_fault

__all__ = ["BuildResult", "run_build"]

_SHOWN_FAILURES = 20


@dataclass(frozen=True)
class BuildResult:
    """How a build ended, when it ended well.

    Attributes
    ----------
    is_new : bool
        False when nothing was new since the last build, and dbt was not run.
    finished_at : datetime
        When the build whose tables stand finished, in UTC without a time zone.
    node_count : int
        Models, seeds and tests that ran.
    seconds : float
        How long dbt took.
    warnings : tuple of str
        A line for each test that only warns.
    published : PublishResult or None
        What is published now; None where publishing was not wanted.
    """

    is_new: bool
    finished_at: datetime
    node_count: int
    seconds: float
    warnings: tuple[str, ...]
    published: PublishResult | None


def run_build(
    home: Home,
    *,
    force: bool = False,
    variables: str | None = None,
    publishes: bool = True,
    parquet: bool | None = None,
    project: Path | None = None,
    on_step: Callable[[BuildStep], None] = lambda _: None,
) -> BuildResult:
    """Build and test all tables of ``home`` with dbt, then publish the marts.

    Parameters
    ----------
    home : Home
        The warehouse.
    force : bool
        Build every table from scratch, also when nothing is new.
    variables : str, optional
        dbt variables as YAML or JSON, such as ``{risk_free_rate: 0.02}``.
    publishes : bool
        Publish when all tests pass.
    parquet : bool, optional
        Whether to publish the tables as Parquet too; by default as before.
    project : Path, optional
        The dbt project, where it is not the one that came with the package.
    on_step : callable
        Told of each model and test that begins or ends.

    Raises
    ------
    BuildError
        When a model or test failed; the message names them. What is published stays as it was.
    BusyError
        When another process is writing to the home.
    PublishError
        When the build is fine but could not be published.
    """
    folder = project_dir() if project is None else project.absolute()
    fingerprint = project_fingerprint(folder, variables)
    with writer_lock(home, "curvehouse build") as lock:
        state = _read_state(home)
        result = None if force else _standing_result(home, folder, state, fingerprint)
        if result is None:
            arguments = dbt_arguments(
                home,
                folder,
                variables=variables,
                full_refresh=force or needs_full_refresh(state, fingerprint),
            )
            noted = (fingerprint, project_revision(folder))
            result = _built(home, arguments, noted, lock, on_step)
        published = None
        if publishes:
            published = publish_under_lock(
                home, lock, project=folder, parquet=parquet, keeps_rollback=True
            )
    return replace(result, published=published)


def _read_state(home: Home) -> WorkingState:
    if not home.working_file.exists():
        return WorkingState()
    with reading_working_file(home) as connection:
        return read_state(connection)


def _standing_result(
    home: Home, project: Path, state: WorkingState, fingerprint: str
) -> BuildResult | None:
    """Return the result of the build that stands, where another would change nothing."""
    last = state.last_build
    if last is None or not is_fresh(state, fingerprint):
        return None
    manifest = find_manifest(targets_of(home, project), last.invocation_id)
    if home.open_log is not None or manifest is None:
        return None
    return BuildResult(False, last.finished_at, 0, 0.0, (), None)


def _built(
    home: Home,
    arguments: list[str],
    noted: tuple[str, str | None],
    lock: int,
    on_step: Callable[[BuildStep], None],
) -> BuildResult:
    started_at = time.monotonic()
    outcome = run_dbt(home, arguments, lock, on_step)
    seconds = time.monotonic() - started_at
    finished_at = _note(home, outcome, *noted)
    results = read_results(home, outcome.invocation_id)
    if outcome.exit_code != 0:
        raise BuildError(_failure(home, outcome, results))
    if finished_at is None:
        raise BuildError(
            "dbt ended well but left no note of the build in operations.builds; its on-run-end "
            "hook `record_build` is missing from the project."
        )
    warnings = tuple(str(result) for result in results if result.is_warning)
    return BuildResult(True, finished_at, outcome.node_count, seconds, warnings, None)


def _note(
    home: Home, outcome: DbtOutcome, fingerprint: str, revision: str | None
) -> datetime | None:
    """Note which project ran, and return when the hook says that it finished.

    A command that has no note makes the next build start from scratch, so it need not succeed.
    """
    if outcome.invocation_id is None or not home.working_file.exists():
        return None
    try:
        with open_working_file(home) as connection:
            state = read_state(connection)
            last = state.last_build
            if last is None or last.invocation_id != outcome.invocation_id:
                return None
            note_project(connection, last.invocation_id, fingerprint, revision)
            return last.finished_at
    except duckdb.Error as error:
        if storage_fault(error, home):
            raise
        return None


def _failure(home: Home, outcome: DbtOutcome, results: list[NodeResult]) -> str:
    log = f"The log is {home.logs / 'dbt.log'}"
    stays = "what is published stays as it was"
    failures = [result for result in results if not result.is_warning]
    said = "\n".join([outcome.complaint, *(failure.message for failure in failures)])
    if fault := storage_fault(said, home):
        return f"{fault} {log}."
    if not failures:
        reason = outcome.complaint or _last_words(outcome.exit_code)
        return f"the build did not get to run; {stays}.\n{_indented(reason)}\n{log}"
    lines = [str(failure) for failure in failures[:_SHOWN_FAILURES]]
    if len(failures) > _SHOWN_FAILURES:
        lines.append(f"… and {len(failures) - _SHOWN_FAILURES} more")
    count = f"{len(failures)} of {outcome.node_count} models and tests"
    listed = "\n".join(f"  {line}" for line in lines)
    return f"{count} failed; {stays}.\n{listed}\n{log}"


def _last_words(exit_code: int) -> str:
    if exit_code < 0:
        return (
            f"dbt was killed ({signal.strsignal(-exit_code)}), as the system does when memory runs "
            "out; set CURVEHOUSE_MEMORY_LIMIT lower, or run this command again"
        )
    return f"dbt ended with code {exit_code}"


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
