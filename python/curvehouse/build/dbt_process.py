"""dbt as a child process, and what it says while it runs.

In-process, dbt keeps the working file locked and its write-ahead log open after it has returned.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from curvehouse.errors import BuildError
from curvehouse.home import HOME_VARIABLE, Home

__all__ = ["BuildStep", "DbtOutcome", "dbt_arguments", "run_dbt"]

_GRACE_SECONDS = 10


@dataclass(frozen=True)
class BuildStep:
    """How far a build is.

    Attributes
    ----------
    done, total : int
        Models, seeds and tests that have ended, and all of them; 0 while dbt reads the project.
    name : str
        The one that has just begun or ended, else what dbt does.
    """

    done: int
    total: int
    name: str


@dataclass(frozen=True)
class DbtOutcome:
    """How a dbt command ended.

    Attributes
    ----------
    exit_code : int
        0 when all went well, 1 when a model or test failed, 2 when dbt gave up.
    invocation_id : str or None
        Of the command, where it got so far as to have one.
    node_count : int
        Models, seeds and tests that the command was about.
    complaint : str
        What dbt said when it gave up, else an empty text.
    """

    exit_code: int
    invocation_id: str | None
    node_count: int
    complaint: str


def dbt_arguments(
    home: Home, project: Path, *, variables: str | None, full_refresh: bool
) -> list[str]:
    """Return the command line of dbt for a whole build.

    Unit tests look at the models and not at the data, so they are left to the developer's tests.
    """
    arguments = ["--log-format", "json", "--log-level", "info", "--no-use-colors"]
    arguments += ["--log-format-file", "text", "--log-level-file", "debug"]
    arguments += ["--no-send-anonymous-usage-stats", "build"]
    arguments += ["--project-dir", str(project), "--profiles-dir", str(project)]
    arguments += ["--target-path", str(home.target), "--log-path", str(home.logs)]
    arguments += ["--exclude-resource-type", "unit_test"]
    if full_refresh:
        arguments.append("--full-refresh")
    if variables:
        arguments += ["--vars", variables]
    return arguments


def run_dbt(
    home: Home, arguments: list[str], lock: int, on_step: Callable[[BuildStep], None]
) -> DbtOutcome:
    """Run dbt to its end.

    Parameters
    ----------
    home : Home
        The warehouse; dbt runs in its folder.
    arguments : list of str
        As from `dbt_arguments`.
    lock : int
        The writer lock's descriptor: the child keeps the lock for as long as it lives.
    on_step : callable
        Told of each model and test that begins or ends.

    Raises
    ------
    BuildError
        When the user interrupts it.
    """
    # `-P` keeps Python from importing modules that lie in the home.
    command = [sys.executable, "-P", "-c", "from dbt.cli.main import cli; cli()", *arguments]
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(  # noqa: S603 - the interpreter that runs now
            command,
            cwd=home.root,
            env=_environment(home),
            pass_fds=[lock],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
        ) as child,
    ):
        try:
            listener = _Listener(on_step)
            on_step(BuildStep(0, 0, "starting dbt"))
            for event in _events(child.stdout):
                listener.hear(event)
            child.wait()
        except BaseException as error:
            _stop(child)
            if isinstance(error, KeyboardInterrupt):
                raise BuildError(
                    "the build was interrupted; what is published stays as it was. "
                    "Run `curvehouse build` to start again."
                ) from None
            raise
        complaint = listener.complaint or _last_line(complaints)
    return DbtOutcome(child.returncode, listener.invocation_id, listener.total, complaint)


class _Listener:
    """Turns dbt's log events into steps."""

    def __init__(self, on_step: Callable[[BuildStep], None]) -> None:
        self.invocation_id: str | None = None
        self.total = 0
        self.complaint = ""
        self._done: set[str] = set()
        self._on_step = on_step

    def hear(self, event: dict[str, Any]) -> None:
        info, data = event.get("info", {}), event.get("data", {})
        self.invocation_id = info.get("invocation_id") or self.invocation_id
        if info.get("name") == "ConcurrencyLine":
            self.total = int(data.get("node_count", 0))
        elif info.get("name") == "MainEncounteredError":
            self.complaint = str(data.get("exc", "")).strip()
        elif "node_info" in data and "index" in data:
            self._hear_of_node(data["node_info"])

    def _hear_of_node(self, node: Mapping[str, Any]) -> None:
        if node["resource_type"] == "operation":
            return
        if node["node_finished_at"]:
            self._done.add(node["unique_id"])
        self._on_step(BuildStep(len(self._done), self.total, node["node_name"]))


def _events(lines: IO[bytes] | None) -> Iterator[dict[str, Any]]:
    for line in lines or ():
        # A Python model may print to the same stream.
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict):
            yield event


def _environment(home: Home) -> dict[str, str]:
    """Return this environment without the variables that would change what dbt builds."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("DBT_") or name.startswith("DBT_ENV_")
    }
    return {**kept, HOME_VARIABLE: str(home.root), "PYTHONUNBUFFERED": "1"}


def _stop(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()


def _last_line(stream: IO[bytes]) -> str:
    stream.seek(0)
    lines = stream.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else ""
