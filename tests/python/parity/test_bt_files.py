"""bt: its prices land equal, and so are the figures that it has of them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conftest import RunCli
from curvehouse.home import Home
from doc_pages import python_blocks, read_page, run_consoles, run_tool
from landed import landed_curves, our_figures
from tool_runs import daily_bars

PAGE = read_page("tools/bt.md")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Any]]:
    """The page's file, and the result that it is of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bt = pytest.importorskip("bt")
        closes = daily_bars()[["Close", "Open"]].rename(columns={"Close": "a", "Open": "b"})
        tests = {
            name: bt.Backtest(
                bt.Strategy(name, [when, bt.algos.SelectAll(), weigh, bt.algos.Rebalance()]),
                closes,
                progress_bar=False,
            )
            for name, when, weigh in (
                ("equal", bt.algos.RunMonthly(), bt.algos.WeighEqually()),
                ("tilted", bt.algos.RunWeekly(), bt.algos.WeighSpecified(a=0.9, b=0.1)),
            )
        }
    folder = tmp_path_factory.mktemp("bt")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        known = {
            "bt": bt,
            "equal_weights": tests["equal"],
            "inverse_volatility": tests["tilted"],
        }
        yield folder, run_tool(PAGE, known)["result"]


def test_the_page_runs(
    written: tuple[Path, Any], home: Home, run_cli: RunCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, result = written
    monkeypatch.chdir(folder)
    run_consoles(PAGE, run_cli)
    python_blocks(PAGE, {"result": result}, slice(1, None))
    for run_id in ("bt", "notebook"):
        curves = landed_curves(home, run_id)
        assert {strategy for strategy, _ in curves} == {"equal", "tilted"}
        for (strategy, _), equity in curves.items():
            assert np.array_equal(equity, result.prices[strategy])
            figures = our_figures(equity)
            for name in ("total_return", "max_drawdown"):
                assert figures[name] == pytest.approx(result.stats[strategy][name], rel=1e-9)
