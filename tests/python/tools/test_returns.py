"""Series of returns: what they are is said, and never guessed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conftest import RunCli
from curvehouse.errors import UsageError
from curvehouse.home import Home
from curvehouse.readers.tools import FaultyFileError, ReasonCode
from doc_pages import python_blocks, read_page, run_consoles, run_tool
from landed import landed_curves, our_figures
from tool_files import read_tool, values_of
from tool_runs import daily_bars

PAGE = read_page("tools/returns.md")


def test_the_page_runs(
    home: Home, run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    closes = daily_bars(40)["Close"]
    known = run_tool(PAGE, {"equity": closes})
    run_consoles(PAGE, run_cli)
    python_blocks(PAGE, known, slice(1, None))
    for run_id, start in (("mine", 10_000), ("notebook", 1)):
        ((_, equity),) = landed_curves(home, run_id).items()
        assert equity == pytest.approx(start * closes.to_numpy() / closes.iloc[0], rel=1e-12)
        assert our_figures(equity, start) == pytest.approx(our_figures(closes.to_numpy()), rel=1e-9)


@pytest.mark.parametrize(
    ("kind", "unit", "cells"),
    [
        ("simple", "fraction", (0.5, -0.5)),
        ("simple", "percent", (50, -50)),
        ("log", "fraction", (np.log(1.5), np.log(0.5))),
        ("log", "percent", (100 * np.log(1.5), 100 * np.log(0.5))),
    ],
)
def test_kinds_and_units(tmp_path: Path, kind: str, unit: str, cells: tuple[float, float]) -> None:
    path = tmp_path / "r.csv"
    path.write_text(f"date,r\n2024-01-02,{float(cells[0])!r}\n2024-01-03,{float(cells[1])!r}\n")
    result = read_tool(path, "returns", returns=kind, unit=unit, starting_cash=100)
    (backtest,) = result.backtests
    assert values_of(backtest.curve, "equity") == pytest.approx([150, 75])
    assert (backtest.starting_cash, backtest.strategy) == (100, None)


def test_several_columns_are_strategies_that_begin_when_they_do(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("date,a,b\n2024-01-01,,\n2024-01-02,0.1,\n2024-01-03,0.1,-1\n2024-01-04,,0\n")
    a, b = read_tool(path, "returns", returns="simple", unit="fraction").backtests
    assert (a.strategy, b.strategy) == ("a", "b")
    assert values_of(a.curve, "equity") == pytest.approx([1, 1.1, 1.21])
    assert values_of(a.curve, "line_number") == [2, 3, 4]
    # A return of -100 % is ruin, and stays.
    assert values_of(b.curve, "equity") == [1, 0, 0]
    assert values_of(b.curve, "line_number") == [3, 4, 5]


@pytest.mark.parametrize(
    ("rows", "code", "line"),
    [
        ("2024-01-02,0.1\n2024-01-03,\n2024-01-04,0.1\n", "missing_value", 3),
        ("2024-01-02,0.1\n2024-01-03,-1.5\n", "out_of_range", 3),
        ("2024-01-02,0.1\n2024-01-03,inf\n", "non_finite", 3),
        ("2024-01-02,0.1\n2024-01-03,1 %\n", "bad_number", 3),
        ("2024-01-02,\n2024-01-03,\n", "too_few_rows", None),
        ("", "missing_column", 1),
    ],
)
def test_bad_returns(tmp_path: Path, rows: str, code: str, line: int | None) -> None:
    path = tmp_path / "r.csv"
    path.write_text(f"date,r\n{rows}")
    with pytest.raises(FaultyFileError) as fault:
        read_tool(path, "returns", returns="simple", unit="fraction")
    assert (fault.value.code, fault.value.line) == (ReasonCode(code), line)


@pytest.mark.parametrize("said", [{}, {"returns": "simple"}, {"unit": "fraction"}])
def test_nothing_is_guessed(tmp_path: Path, said: dict[str, Any]) -> None:
    path = tmp_path / "r.csv"
    path.write_text("date,r\n2024-01-02,0.1\n2024-01-03,0.1\n")
    with pytest.raises(UsageError, match=r"the format returns needs --(unit|returns)"):
        read_tool(path, "returns", **said)
