"""Homes that can't be used end every command with one sentence, and odd names do no harm."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import run_command
from curvehouse.home import Home
from reliability.disks import mounted
from reliability.kills import copied, run
from reliability.story import Story

COUNT = ("query", "select count(*) > 0 as answer from dim_backtests", "--format", "csv")


def commands(story: Story) -> list[tuple[str, ...]]:
    writing = (("ingest", "runs", str(story.results)), ("build",), ("publish",))
    return [*writing, ("ingest", "bars", str(story.bars)), ("status",), COUNT]


def said_by(home: Home, words: tuple[str, ...]) -> str:
    """Return the sentence with which the command refuses."""
    done = run_command(home.root.parent, "curvehouse", *words, "--home", str(home.root))
    assert done.returncode == 1, (words, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr, done.stderr
    said = done.stderr.splitlines()[-1]
    assert said.startswith("curvehouse: ")
    return said


def test_a_home_that_can_only_be_read_is_read(story: Story, tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", 240) as disk:
        home = copied(story.ingested, disk)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        for words in commands(story)[:4]:
            said = said_by(Home(home.root), words)
            assert f"{home.lock_file} can't be opened or written (Read-only file system)" in said
        run(home, "status")
        assert run(home, *COUNT).stdout == "answer\ntrue\n"


def test_a_home_that_is_a_file_is_named(story: Story, tmp_path: Path) -> None:
    home = Home(tmp_path / "notes.txt")
    home.root.write_text("mine")
    for words in commands(story)[:5]:
        said = said_by(home, words)
        assert f"{home.root}" in said
        assert "is in the way of a folder" in said
    assert "nothing is published" in said_by(home, COUNT)
    assert home.root.read_text() == "mine"


def truncated(content: bytes) -> bytes:
    """Keep the headers, and nothing of what they point to."""
    return content[:16_384]


def flipped(content: bytes) -> bytes:
    """Flip a bit in every block but the first ones."""
    damaged = bytearray(content)
    for place in range(12_300, len(damaged), 262_144):
        damaged[place] ^= 1
    return bytes(damaged)


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "text": lambda _: b"date,close\n2020-01-01,100\n" * 500,
    "truncated": truncated,
    "flipped": flipped,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_working_file_is_named(story: Story, tmp_path: Path, damage: str) -> None:
    home = copied(story.built, tmp_path)
    content = DAMAGES[damage](home.working_file.read_bytes())
    home.working_file.write_bytes(content)
    for words in commands(story)[:5]:
        said = said_by(home, words)
        assert f"{home.working_file} is damaged or no DuckDB file" in said, words
    assert home.working_file.read_bytes() == content
    assert run(home, *COUNT).stdout == "answer\ntrue\n"


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_publication_is_named_and_replaced(
    story: Story, tmp_path: Path, damage: str
) -> None:
    home = copied(story.after, tmp_path)
    file = home.published_file.resolve()
    content = file.read_bytes()
    file.unlink()
    file.write_bytes(DAMAGES[damage](content))
    said = said_by(home, COUNT)
    assert said == (
        f"curvehouse: {file} is damaged or no DuckDB file; remove its folder and run "
        "`curvehouse publish`."
    )
    run(home, "status")
    shutil.rmtree(file.parent)
    run(home, "publish")
    assert run(home, *COUNT).stdout == "answer\ntrue\n"


def test_a_home_of_any_name_works(story: Story, tmp_path: Path) -> None:
    home = Home(tmp_path / 'it\'s a "home"\nof {{ ü }} ; -- %s')
    run(home, "ingest", "runs", str(story.results), code=1)
    run(home, "ingest", "bars", str(story.bars))
    run(home, "build")
    run(home, "publish")
    run(home, "status")
    assert run(home, *COUNT).stdout == "answer\ntrue\n"
