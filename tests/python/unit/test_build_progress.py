from __future__ import annotations

import re

import pytest

from curvehouse.build import BuildStep, showing_progress


def test_without_a_terminal_a_few_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with showing_progress() as show:
        show(BuildStep(0, 0, "starting dbt"))
        for done in range(101):
            show(BuildStep(done, 100, "dim_x"))
            show(BuildStep(done, 100, "dim_y"))
    printed = capsys.readouterr()
    assert printed.out == ""
    assert [re.sub(r"\d+ s$", "n s", line) for line in printed.err.splitlines()] == [
        "starting dbt",
        "0 of 100 models and tests, n s",
        "25 of 100 models and tests, n s",
        "50 of 100 models and tests, n s",
        "75 of 100 models and tests, n s",
        "100 of 100 models and tests, n s",
    ]


def test_on_a_terminal_a_bar_with_the_current_node(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with showing_progress() as show:
        show(BuildStep(3, 10, "fct_trades"))
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "3/10" in printed.err
    assert "fct_trades" in printed.err
