"""`curvehouse report` writes a whole site, or says in one sentence why it does not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

import curvehouse.report.writing
from conftest import RunCli
from curvehouse.home import Home
from report.published_files import publish_empty


@pytest.fixture
def empty(home: Home, demo_home: Home) -> Home:
    """A home that has published tables without rows."""
    return publish_empty(home, demo_home)


def content(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_the_last_line_is_the_first_page_and_progress_is_elsewhere(
    demo_home: Home, run_cli: RunCli, tmp_path: Path
) -> None:
    out = tmp_path / "made" / "report"
    done = run_cli("report", "--out", out, "--top", "1", "--home", demo_home.root)
    assert done.exit_code == 0
    assert done.stdout == f"{out / 'index.html'}\n"
    assert "1 tear sheets" in done.stderr
    first = content(out)
    assert sum(name.startswith("backtest-") for name in first) == 1
    # Nothing of the time or of chance is in it, and it takes its own place.
    run_cli("report", "--out", out, "--top", "1", "--home", demo_home.root)
    assert content(out) == first
    assert [path.name for path in out.parent.iterdir()] == ["report"]


def test_backtests_that_are_asked_for_get_their_tear_sheets(
    demo_home: Home, run_cli: RunCli, tmp_path: Path
) -> None:
    out = tmp_path / "report"
    home = ["--home", demo_home.root]
    listed = run_cli(
        "query",
        "select backtest_id from fct_backtest_summary order by sharpe_ratio limit 2",
        "--format",
        "csv",
        *home,
    )
    worst = listed.stdout.split()[1:]
    asked = [word for backtest in worst for word in ("--backtest", backtest)]
    assert run_cli("report", "--out", out, *asked, *home).exit_code == 0
    assert {file.name for file in out.glob("backtest-*")} == {
        f"backtest-{backtest}.html" for backtest in worst
    }
    assert run_cli("report", "--out", out, *asked, "--top", "1", *home).exit_code == 0
    assert len(list(out.glob("backtest-*"))) == 3


def test_a_backtest_that_is_not_there_is_named(
    demo_home: Home, run_cli: RunCli, tmp_path: Path
) -> None:
    out = tmp_path / "report"
    done = run_cli("report", "--out", out, "--backtest", "it's", "--home", demo_home.root)
    assert done.exit_code == 2
    assert 'no backtest "it\'s" with a curve is published' in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_nothing_published_is_said(home: Home, run_cli: RunCli, tmp_path: Path) -> None:
    done = run_cli("report", "--out", tmp_path / "report")
    assert done.exit_code == 1
    assert "nothing is published" in done.stderr
    assert not (tmp_path / "report").exists()


def test_without_the_extra_the_command_says_what_to_install(
    empty: Home, run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        curvehouse.report.writing, "find_spec", lambda name: None if name == "altair" else name
    )
    done = run_cli("report", "--out", tmp_path / "report")
    assert done.exit_code == 1
    assert done.stderr == (
        "curvehouse: the report needs packages that are not installed (altair); run "
        "`pip install 'curvehouse[report]'`.\n"
    )


def test_every_section_of_tables_without_rows_says_that_it_is_empty(
    empty: Home, run_cli: RunCli, tmp_path: Path
) -> None:
    out = tmp_path / "report"
    assert run_cli("report", "--out", out).exit_code == 0
    assert {file.name for file in out.glob("*.html")} == {"index.html", "failures.html"}
    index = (out / "index.html").read_text()
    for sentence in ("No backtest is", "No run is", "No portfolio is"):
        assert sentence in index
    assert "No trades are published." in (out / "failures.html").read_text()


@pytest.mark.parametrize("foreign", ["notes.txt", "sub/notes.txt", "sub/"])
def test_a_folder_with_anything_else_in_it_is_left_alone(
    empty: Home, run_cli: RunCli, tmp_path: Path, foreign: str
) -> None:
    out = tmp_path / "report"
    assert run_cli("report", "--out", out).exit_code == 0
    kept = out / foreign
    if foreign.endswith("/"):
        kept.mkdir()
    else:
        kept.parent.mkdir(exist_ok=True)
        kept.write_text("mine")
    before = content(out)
    done = run_cli("report", "--out", out)
    assert done.exit_code == 2
    assert "holds what is not part of a report (" in done.stderr
    assert kept.exists()
    assert content(out) == before


def test_a_file_and_a_link_in_the_place_are_left_alone(
    empty: Home, run_cli: RunCli, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    done = run_cli("report", "--out", file)
    assert (done.exit_code, file.read_text()) == (2, "mine")
    assert "is a file; choose another --out." in done.stderr
    (tmp_path / "far").mkdir()
    (tmp_path / "link").symlink_to("far")
    assert run_cli("report", "--out", tmp_path / "link").exit_code == 0
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "far" / "index.html").exists()


def test_a_report_that_fails_on_its_way_leaves_the_old_one_and_nothing_else(
    empty: Home, run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "place" / "report"
    assert run_cli("report", "--out", out).exit_code == 0
    before = content(out)

    def full(*_: object) -> Iterator[None]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(curvehouse.report.writing, "_pages", full)
    done = run_cli("report", "--out", out)
    assert done.exit_code == 1
    assert "can't be written (No space left on device)" in done.stderr
    assert content(out) == before
    assert [path.name for path in out.parent.iterdir()] == ["report"]


def test_a_place_that_takes_no_folder_is_said(empty: Home, run_cli: RunCli, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    done = run_cli("report", "--out", tmp_path / "file" / "report")
    assert done.exit_code == 1
    assert "can't be written (" in done.stderr
