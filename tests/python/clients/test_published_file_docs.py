"""The page on the published file: what it shows runs in the clients that it names."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from clients.environments import python_of, run_node
from conftest import PROJECT_DIR, run_command
from curvehouse.home import Home
from curvehouse.publish.writer import write_publication
from warehouses import make_built_home, rebuild, rows

PAGE = (PROJECT_DIR / "docs" / "published-file.md").read_text()
SNIPPET = re.compile(r"^<!-- run by: (.*?) -->\n```(?:python|js)\n(.*?)^```", re.M | re.S)
SNIPPETS = [
    (environment, code)
    for environments, code in SNIPPET.findall(PAGE)
    for environment in environments.split()
]
OF_PARQUET = [(environment, code) for environment, code in SNIPPETS if "parquet" in code]
OF_FILE = [snippet for snippet in SNIPPETS if snippet not in OF_PARQUET]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize(
    ("environment", "code"), OF_FILE, ids=[environment for environment, _ in OF_FILE]
)
def test_a_client_connects_as_shown(
    demo_home: Home, tmp_path: Path, environment: str, code: str
) -> None:
    (tmp_path / "warehouse").symlink_to(demo_home.root)
    assert "ma_crossover" in run_snippet(environment, code, tmp_path)


def run_snippet(environment: str, code: str, folder: Path) -> str:
    if environment == "node":
        done = run_node(code, folder)
    else:
        done = subprocess.run(
            [python_of(environment), "-W", "error", "-c", code],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_all_snippets_are_run() -> None:
    assert len(SNIPPET.findall(PAGE)) == len(blocks("python")) + len(blocks("js"))
    assert len(OF_FILE) == 7
    assert len(OF_PARQUET) == 1


def test_queries_run(demo_home: Home) -> None:
    for query in blocks("sql"):
        assert rows(demo_home, query)


def test_commands_run_in_their_order(tmp_path: Path) -> None:
    home = make_built_home(Home(tmp_path / "warehouse"))
    write_publication(home, PROJECT_DIR)
    rebuild(home, "update dim_x set value = 7", "second")
    write_publication(home, PROJECT_DIR)
    commands = [line for block in blocks("sh") for line in block.splitlines()]
    printed = ""
    for command in commands:
        done = run_command(tmp_path, *shlex.split(command))
        assert done.returncode == 0, done.stderr
        printed += done.stdout + done.stderr
    assert "Rolled back from" in printed
    assert "an older one, rolled back from" in printed
    assert "with Parquet files" in printed
    ((environment, code),) = OF_PARQUET
    published = write_publication(home, PROJECT_DIR)[0].publication_id
    printed = run_snippet(environment, code, tmp_path)
    assert printed.startswith(published)
    assert "dim_x" in printed
