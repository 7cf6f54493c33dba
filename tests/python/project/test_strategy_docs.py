"""The strategy in the documentation runs as it is written there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from conftest import PROJECT_DIR, RunCli
from curvehouse.sweep.registry import STRATEGY_GROUP, find_strategy, strategy_names
from extension_packages import install

PAGE = (PROJECT_DIR / "docs" / "strategies.md").read_text()
CLOSES = PROJECT_DIR / "python" / "curvehouse" / "demo" / "data" / "closes.csv.gz"


def block(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    return str(found)


def test_the_example_runs(tmp_path: Path, run_cli: RunCli) -> None:
    project = tomllib.loads(block("toml"))["project"]
    ((name, place),) = project["entry-points"][STRATEGY_GROUP].items()
    package, _, target = place.partition(":")
    (tmp_path / "spec.json").write_text(block("json"))
    with install(tmp_path, package, block("python"), {name: target}):
        outcome = run_cli(
            "sweep", tmp_path / "spec.json", "--bars", CLOSES, "--results", tmp_path / "results"
        )
        shown = run_cli("sweep", "--help").stdout
    assert outcome.exit_code == 0, outcome.stderr
    assert outcome.stderr.startswith("4 jobs: 4 ok, in ")
    assert "turn_of_month: long on the first days of each month" in shown


@pytest.mark.parametrize("name", strategy_names())
def test_every_shipped_strategy_is_described(name: str) -> None:
    (row,) = re.findall(rf"^\| `{name}` \|.*$", PAGE, re.MULTILINE)
    strategy = find_strategy(name)
    assert all(f"`{parameter.name}`" in row for parameter in strategy.parameters)
    defaults = [p for p in strategy.parameters if p.default is not None]
    assert all(f"`{p.name}` ({p.default})" in row for p in defaults)
    assert not strategy.validity or f"`{strategy.validity}`" in row
