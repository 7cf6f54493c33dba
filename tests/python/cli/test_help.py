"""Every command explains itself, in 80 columns, with an example."""

from __future__ import annotations

from typing import Any

import pytest
import typer

import curvehouse.cli  # noqa: F401 - registers the commands
from conftest import RunCli
from curvehouse.cli.app import app


def commands(command: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    members = getattr(command, "commands", None)
    if members is None:
        return [path]
    return [found for name in members for found in commands(members[name], (*path, name))]


ROOT = typer.main.get_command(app)
COMMANDS = commands(ROOT)


def test_all_systems_have_a_command() -> None:
    names = {" ".join(path) for path in COMMANDS}
    expected = "demo,sweep,build,publish,status,query,ingest runs,ingest bars,ingest factors,"
    assert set((expected + "ingest equity,ingest retract,export").split(",")) <= names


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_has_a_sentence_and_an_example(path: tuple[str, ...], run_cli: RunCli) -> None:
    outcome = run_cli(*path, "--help")
    assert outcome.exit_code == 0
    assert "Example" in outcome.stdout
    assert f"curvehouse {' '.join(path)}" in outcome.stdout.split("Example", 1)[1]
    assert max(len(line) for line in outcome.stdout.splitlines()) <= 80
