"""vectorbt: what it returns lands equal, with its parameters, from files and from frames."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import curvehouse
from conftest import RunCli
from curvehouse.home import Home
from doc_pages import python_blocks, read_page, run_consoles, run_tool
from landed import landed_curves, landed_trades, our_figures
from tool_runs import daily_bars

PAGE = read_page("tools/vectorbt.md")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Any]]:
    """The page's files, and the portfolio that they are of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        vbt = pytest.importorskip("vectorbt")
        close = daily_bars(60)["Close"].rename_axis("Date")
        windows = [(3, 5), (3, 8), (5, 8)]
        levels = pd.MultiIndex.from_tuples(windows, names=["fast_window", "slow_window"])
        above = np.array(
            [close.rolling(fast).mean() > close.rolling(slow).mean() for fast, slow in windows]
        ).T
    entries = pd.DataFrame(above, close.index, levels)
    folder = tmp_path_factory.mktemp("vectorbt")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        known = {"vbt": vbt, "close": close, "entries": entries, "exits": ~entries}
        yield folder, run_tool(PAGE, known)["portfolio"]


def test_the_page_runs(
    written: tuple[Path, Any], home: Home, run_cli: RunCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, portfolio = written
    monkeypatch.chdir(folder)
    run_consoles(PAGE, run_cli)
    python_blocks(PAGE, {"portfolio": portfolio}, slice(1, None))
    values, returns, drawdowns = (
        portfolio.value(),
        portfolio.total_return(),
        portfolio.max_drawdown(),
    )
    for run_id in ("vbt", "notebook"):
        curves = landed_curves(home, run_id)
        assert len(curves) == 3
        for (strategy, params), equity in curves.items():
            named = json.loads(params)
            column = (named["fast_window"], named["slow_window"])
            assert (strategy, set(named)) == ("ma", {"fast_window", "slow_window"})
            assert equity == pytest.approx(values[column].to_numpy(), rel=1e-12)
            figures = our_figures(equity, 1000)
            assert figures["total_return"] == pytest.approx(returns[column], rel=1e-9)
            assert figures["max_drawdown"] == pytest.approx(drawdowns[column], rel=1e-9)


def test_trades_are_theirs(written: tuple[Path, Any], home: Home) -> None:
    _, portfolio = written
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        records = portfolio.trades.records_readable
    report = curvehouse.Curvehouse().add_trades(
        records, run_id="r", strategy="ma", columns="fast_window,slow_window"
    )
    assert report.loaded == 3
    trades = landed_trades(home, "r")
    is_open = (records["Status"] == "Open").to_numpy()
    assert is_open.any()
    assert len(trades) == len(records)
    assert [trade["exit_at"] is None for trade in trades] == list(is_open)
    closed = records[~is_open]
    for ours, theirs in (("pnl", "PnL"), ("quantity", "Size"), ("exit_price", "Avg Exit Price")):
        found = [trade[ours] for trade in trades if trade["exit_at"] is not None]
        assert found == pytest.approx(list(closed[theirs]), rel=1e-12)
    fees = [trade["fees"] for trade in trades]
    assert fees == pytest.approx(list(records["Entry Fees"] + records["Exit Fees"]), rel=1e-12)
    assert [json.loads(trade["params"])["slow_window"] for trade in trades] == [
        column[1] for column in records["Column"]
    ]
