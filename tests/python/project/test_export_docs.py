"""The commands on the page of artefacts print what it shows, and its links lead somewhere."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from conftest import PROJECT_DIR, RunCli
from curvehouse.export import known_kinds
from curvehouse.home import HOME_VARIABLE, Home

PAGE = (PROJECT_DIR / "docs" / "exports.md").read_text()


def test_the_commands_print_what_is_shown(
    demo_home: Home, run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(demo_home.root))
    monkeypatch.chdir(tmp_path)
    commands = re.findall("^curvehouse (.*)$", PAGE, re.MULTILINE)
    outcomes = [run_cli(*shlex.split(command)) for command in commands]
    assert [outcome.exit_code for outcome in outcomes] == [0, 0, 0]
    (shown,) = re.findall("^```text\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    assert outcomes[-1].stdout == shown


def test_every_kind_has_a_row_and_a_schema() -> None:
    found = re.findall(r"^\| `(\w+)` \|.*\(schemas/(\w+)\.schema\.json\) \|$", PAGE, re.MULTILINE)
    assert found == [(name, name) for name in known_kinds()]
    links = re.findall(r"\]\((.*?)\)", PAGE)
    assert all((PROJECT_DIR / "docs" / link).is_file() for link in links)
