"""The reader in the documentation works as it is written there; every format has a page."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from conftest import RunCli
from curvehouse.home import Home
from curvehouse.readers.tools.registry import READER_GROUP, find_reader, reader_names
from doc_pages import blocks, python_blocks, read_page, run_consoles
from extension_packages import install
from landed import landed_curves

PAGE = read_page("tools/README.md")
DAYS = """{"tradelog": "swing", "day": "2024-01-02", "value": 100}
{"tradelog": "swing", "day": "2024-01-03", "value": 101.5}
"""


def test_the_example_reads(tmp_path: Path, home: Home, run_cli: RunCli) -> None:
    (source,), (text,) = blocks(PAGE, "python"), blocks(PAGE, "toml")
    project = tomllib.loads(text)["project"]
    ((name, place),) = project["entry-points"][READER_GROUP].items()
    package, _, target = place.partition(":")
    path = tmp_path / "account.log"
    path.write_text(DAYS)
    with install(tmp_path, package, source, {name: target}, group=READER_GROUP):
        outcome = run_cli("ingest", "results", path, "--run-id", "live")
        shown = run_cli("ingest", "results", "--help").stdout
        path.write_text("date,equity\n2024-01-02,1\n")
        refused = run_cli("ingest", "results", path, "--run-id", "live", "--format", "tradelog")
    assert (outcome.exit_code, outcome.stdout) == (0, "loaded 1, unchanged 0, quarantined 0\n")
    assert outcome.stderr == f"{path}: tradelog, 1 curve\n  2 days of one account\n"
    assert landed_curves(home, "live")["swing", "{}"].tolist() == [100, 101.5]
    assert "tradelog: a broker's log" in shown
    assert refused.exit_code == 1
    assert refused.stderr.endswith("wrong_tool: is no trade log; export it from the broker\n")


@pytest.mark.parametrize("name", reader_names())
def test_every_format_has_a_page(name: str) -> None:
    assert re.search(rf"^\|.*\({name}\.md\) \|.*`{name}`", PAGE, re.MULTILINE)
    text = read_page(f"tools/{name}.md")
    assert all(f"--{option.name}" in text for option in find_reader(name).options)


def test_the_page_of_wide_tables_runs(
    tmp_path: Path, home: Home, run_cli: RunCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = read_page("tools/wide.md")
    (table,) = blocks(page, "csv")
    Path("curves.csv").write_text(table)
    run_consoles(page, run_cli)
    named = {name: curve.tolist() for name, curve in landed_curves(home, "mine").items()}
    assert named == {("trend", "{}"): [100, 101, 102.5], ("carry", "{}"): [100, 99.5]}
    assert set(landed_curves(home, "signals")) == {
        ("blend", '{"signal": "trend"}'),
        ("blend", '{"signal": "carry"}'),
    }


def test_the_page_of_python_runs(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = read_page("python.md")
    python_blocks(page, {}, slice(-1))
    assert capsys.readouterr().out == "".join(blocks(page, "text"))
