"""What the README says is what happens."""

from __future__ import annotations

import gzip
import re
import shlex
from datetime import date, timedelta
from pathlib import Path

import pytest

from conftest import PROJECT_DIR, Demo, run_command

README = (PROJECT_DIR / "README.md").read_text()
CLOSES = PROJECT_DIR / "python" / "curvehouse" / "demo" / "data" / "closes.csv.gz"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that the README's commands speak of."""
    folder = tmp_path_factory.mktemp("readme")
    (spec,) = blocks("json")
    (folder / "spec.json").write_text(spec)
    (folder / "closes.csv").write_bytes(gzip.decompress(CLOSES.read_bytes()))
    days = [date(2024, 1, 1) + timedelta(days=offset) for offset in range(60)]
    (folder / "trades.csv").write_text(
        "side,entry_time,exit_time,qty,entry_price,exit_price,pnl\n"
        "buy,2022-01-10,2022-03-01,2,4670,4306,-728\n"
        "sell,2022-04-05,2022-06-15,1,4525,3790,735\n"
    )
    rows = [f"{day},{100 + offset % 7}" for offset, day in enumerate(days)]
    (folder / "curve.csv").write_text("\n".join(["ts,equity", *rows]) + "\n")
    return folder


def test_commands_run_as_written(folder: Path) -> None:
    commands = [line for block in blocks("sh") for line in block.splitlines()]
    assert len(commands) >= 8
    printed = ""
    for command in commands:
        done = run_command(folder, *shlex.split(command))
        assert done.returncode == 0, f"{command}\n{done.stderr}"
        printed += done.stdout
    assert "breakout" in printed
    assert "swing" in printed
    assert (folder / "artefacts" / "summary_first.json").is_file()
    (code,) = blocks("python")
    done = run_command(folder, "python", "-c", code)
    assert done.returncode == 0, done.stderr


def test_the_demos_output_is_the_one_shown(demo: Demo) -> None:
    (shown,) = blocks("text")
    assert demo.stdout == shown.replace(".venv/bin/curvehouse", "curvehouse")


def test_make_targets_exist() -> None:
    makefile = (PROJECT_DIR / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))
    targets_wanted = "help setup clients demo test soak lint bench docs generate format"
    assert targets == set(targets_wanted.split())
    assert set(re.findall(r"\bmake\s+([a-z]+)\b", README)) <= targets | {"and"}


def test_tables_are_all_listed(demo: Demo) -> None:
    done = run_command(
        demo.home.root.parent,
        "curvehouse",
        "query",
        "select table_name from information_schema.tables where table_schema = 'main'",
        "--format",
        "csv",
    )
    published = set(done.stdout.split()[1:])
    listed = set(re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE))
    assert published == listed
