"""All artefacts of a run at once: the same files as one by one, all of them or none."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import duckdb
import jsonschema
import pytest

from conftest import PROJECT_DIR, Demo, RunCli
from curvehouse.errors import NothingToExportError
from curvehouse.export import Kind, whole_run
from curvehouse.home import HOME_VARIABLE, Home
from curvehouse.identity import check_portfolio_id, check_run_id
from curvehouse.publish.writer import write_publication
from warehouses import make_built_home

SCHEMAS = PROJECT_DIR / "docs" / "schemas"
TABLES = """
    create table dim_runs as select unnest(['mine', 'other']) as run_id;
    create table dim_backtests as
        select 'a' as backtest_id, 'mine' as run_id union all select 'b', 'other';
    create table fct_portfolio_weights as
        select * from (values ('held', 'a'), ('mixed', 'a'), ('mixed', 'b'), ('far', 'b'))
        as t(portfolio_id, backtest_id);
    create table dim_portfolios as
        select 'asked_for' as portfolio_id, 'mine' as select_run_id union all select 'far', 'other';
"""


@pytest.fixture
def demo_home(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv(HOME_VARIABLE, str(demo.home.root))
    return demo.home


def published_runs(home: Home) -> None:
    write_publication(make_built_home(home), PROJECT_DIR)
    published = home.published_file.resolve()
    published.chmod(0o644)
    with duckdb.connect(str(published)) as connection:
        connection.execute(TABLES)


def use_kinds(monkeypatch: pytest.MonkeyPatch, **reads: Any) -> None:
    """Have these kinds, about runs but for ``portfolio``, read by these functions."""
    kinds = {
        name: Kind(
            name=name,
            subject="portfolio" if name == "portfolio" else "run",
            check_subject=check_portfolio_id if name == "portfolio" else check_run_id,
            file_name=f"{name}_{{}}.json".format,
            read=read,
        )
        for name, read in reads.items()
    }
    monkeypatch.setattr(whole_run, "known_kinds", lambda: kinds)
    monkeypatch.setattr("curvehouse.export.artefact.load_schema", lambda _: {})


def test_all_artefacts_are_those_that_are_exported_one_by_one(
    demo_home: Home, run_cli: RunCli, tmp_path: Path
) -> None:
    together, single = tmp_path / "together", tmp_path / "single"
    done = run_cli("export", "--all", "--run", "demo", "--out", together)
    assert (done.exit_code, done.stderr) == (0, "")
    paths = [Path(line) for line in done.stdout.splitlines()]
    assert paths[-1].name == "artefacts_demo.json"
    assert sorted(paths) == sorted(together.iterdir())
    listed = json.loads(paths[-1].read_text())
    schema = json.loads((SCHEMAS / "artefacts.schema.json").read_text())
    jsonschema.validate(listed, schema, cls=jsonschema.Draft202012Validator)
    assert listed["publication_id"] == demo_home.published_file.resolve().parent.name
    assert listed["left_out"] == []
    assert [entry["file_name"] for entry in listed["files"]] == [path.name for path in paths[:-1]]
    kinds = "attribution failures manifest portfolio portfolio portfolio regimes summary".split()
    assert [entry["kind"] for entry in listed["files"]] == kinds
    for path, entry in zip(paths, listed["files"], strict=False):
        option = "--portfolio" if entry["kind"] == "portfolio" else "--run"
        one = run_cli("export", entry["kind"], option, entry["subject"], "--out", single)
        content = path.read_bytes()
        assert Path(one.stdout.strip()).read_bytes() == content
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
        assert entry["byte_count"] == len(content)
        assert (SCHEMAS / entry["schema"]).is_file()


def test_what_a_run_has_nothing_of_is_left_out_and_told(
    home: Home, run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(*_: object) -> dict[str, Any]:
        raise NothingToExportError("there are no bars.")

    published_runs(home)
    use_kinds(monkeypatch, regimes=nothing, summary=lambda _, run_id: {"run_id": run_id})
    done = run_cli("export", "--all", "--run", "mine", "--out", tmp_path / "out")
    assert (done.exit_code, done.stderr) == (0, "left out: there are no bars.\n")
    names = ["summary_mine.json", "artefacts_mine.json"]
    assert [Path(line).name for line in done.stdout.splitlines()] == names
    listed = json.loads((tmp_path / "out" / "artefacts_mine.json").read_text())
    assert listed["left_out"] == [{"kind": "regimes", "reason": "there are no bars."}]


def test_portfolios_are_those_that_hold_or_ask_for_the_run(
    home: Home, run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published_runs(home)
    use_kinds(monkeypatch, portfolio=lambda _, portfolio_id: {"portfolio_id": portfolio_id})
    done = run_cli("export", "--all", "--run", "mine", "--out", tmp_path / "out")
    written = [Path(line).stem for line in done.stdout.splitlines()]
    wanted = ["portfolio_asked_for", "portfolio_held", "portfolio_mixed", "artefacts_mine"]
    assert written == wanted


def test_one_that_breaks_its_schema_leaves_none(
    demo_home: Home, run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "curvehouse.export.artefact.load_schema",
        lambda name: {"required": ["more"]} if name == "summary" else {},
    )
    done = run_cli("export", "--all", "--run", "demo", "--out", tmp_path / "out")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "the summary is not what its schema says" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_full_disk_leaves_the_earlier_files_as_they_were(
    home: Home, run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published_runs(home)
    contents = {"a": 1, "b": 1}
    use_kinds(
        monkeypatch,
        attribution=lambda *_: {"value": contents["a"]},
        summary=lambda *_: {"value": contents["b"]},
    )
    asked = ("export", "--all", "--run", "mine", "--out", tmp_path / "out")
    assert run_cli(*asked).exit_code == 0
    before = {path: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    contents.update(a=2, b=2)
    synced: list[int] = []

    def fill_up(descriptor: int) -> None:
        synced.append(descriptor)
        if len(synced) == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fill_up)
    done = run_cli(*asked)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "summary_mine.json can't be written (No space left on device)" in done.stderr
    assert {path: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--all",), "give --run"),
        (("--all", "--portfolio", "demo_hrp"), "give --run"),
        (("summary", "--all", "--run", "demo"), "neither KIND"),
        (("--all", "--run", "other"), "no run 'other' is published"),
        (("--all", "--run", "../demo"), "is not usable"),
        (("--run", "demo"), "or give --all"),
    ],
)
def test_wrong_usage_is_told_in_one_sentence(
    demo_home: Home, run_cli: RunCli, tmp_path: Path, asked: tuple[str, ...], said: str
) -> None:
    done = run_cli("export", *asked, "--out", tmp_path / "out")
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()
