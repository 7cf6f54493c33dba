"""backtrader: its returns and transactions land equal to what its broker held."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conftest import RunCli
from curvehouse.home import Home
from doc_pages import read_page, run_consoles, run_tool
from landed import landed_curves, landed_trades, our_figures
from tool_runs import daily_bars

PAGE = read_page("tools/backtrader.md")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The page's files, and what its names are."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bt = pytest.importorskip("backtrader")

    class Cross(bt.Strategy):  # type: ignore[name-defined, misc]
        def __init__(self) -> None:
            means = (bt.ind.SMA(period=5), bt.ind.SMA(period=20))
            self.cross = bt.ind.CrossOver(*means)
            self.values: list[float] = []

        def next(self) -> None:
            self.values.append(self.broker.getvalue())
            if self.cross > 0:
                self.order_target_percent(target=0.9)
            elif self.cross < 0:
                self.order_target_percent(target=-0.5)

    cerebro = bt.Cerebro()
    cerebro.addstrategy(Cross)
    cerebro.adddata(bt.feeds.PandasData(dataname=daily_bars()), name="SPY")
    cerebro.broker.setcash(10_000)
    cerebro.broker.setcommission(0.001)
    cerebro.addanalyzer(bt.analyzers.DrawDown, _name="drawdown")
    folder = tmp_path_factory.mktemp("backtrader")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield folder, run_tool(PAGE, {"bt": bt, "cerebro": cerebro})


def test_the_page_runs(
    written: tuple[Path, dict[str, Any]],
    home: Home,
    run_cli: RunCli,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, known = written
    monkeypatch.chdir(folder)
    run_consoles(PAGE, run_cli)
    (strategy,) = known["cerebro"].runstrats[0]
    ((_, equity),) = landed_curves(home, "bt").items()
    assert equity[-len(strategy.values) :] == pytest.approx(np.array(strategy.values), rel=1e-9)
    figures = our_figures(equity, 10_000)
    total = known["cerebro"].broker.getvalue() / 10_000 - 1
    assert figures["total_return"] == pytest.approx(total, rel=1e-9)
    worst = strategy.analyzers.drawdown.get_analysis()["max"]["drawdown"]
    assert figures["max_drawdown"] == pytest.approx(-worst / 100, rel=1e-9)

    trades = landed_trades(home, "bt")
    transactions = known["transactions"]
    held = sum(
        trade["quantity"] * (1 if trade["side"] == "long" else -1)
        for trade in trades
        if trade["exit_at"] is None
    )
    assert held == transactions["amount"].sum() == strategy.position.size
    cost = transactions["amount"].abs() @ transactions["price"] * 0.001
    last = daily_bars()["Close"].iloc[-1]
    marked = sum(
        trade["pnl"]
        if trade["pnl"] is not None
        else trade["quantity"]
        * (last - trade["entry_price"])
        * (1 if trade["side"] == "long" else -1)
        for trade in trades
    )
    assert marked - cost == pytest.approx(equity[-1] - 10_000, abs=1e-6)
