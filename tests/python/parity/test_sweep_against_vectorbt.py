"""Curves against ``vectorbt.Portfolio.from_signals``, on real prices with fees and slippage."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from curvehouse.sweep.bars import Bars
from curvehouse.sweep.engine import Execution, Simulation, simulate
from curvehouse.sweep.indicators import moving_averages
from curvehouse.sweep.price_file import load_bars
from curvehouse.sweep.registry import find_strategy, strategy_names

GRIDS: dict[str, tuple[list[dict[str, Any]], int | None]] = {
    "ma_crossover": (
        [{"ma_short": s, "ma_long": n} for s in (1, 5, 20, 50) for n in (60, 100, 200)],
        None,
    ),
    "donchian_breakout": (
        [{"donchian_entry": e, "donchian_exit": x} for e in (5, 20, 55) for x in (5, 10, 20)],
        None,
    ),
    "zscore_reversion": (
        [
            {"zscore_window": w, "zscore_entry": e, "zscore_exit": 0.0}
            for w in (5, 20, 60)
            for e in (1.0, 1.5, 2.0)
        ],
        None,
    ),
    # More changes than these ruin the account, and vectorbt rounds orders of 1e-9 shares to none.
    "random_flip": ([{"flip_probability": p} for p in (0.01, 0.05, 0.1, 0.2)], 7),
    "buy_and_hold": ([{}], None),
}

COSTS = [Execution(), Execution(1e6, 5, 0), Execution(12_345.0, 10, 25), Execution(1e5, 0, 3)]


@pytest.fixture(
    scope="module",
    params=[
        ("sp500_index.csv.gz", "SP500"),
        ("sp500_dataset.csv.gz", "AAPL"),
        ("factors_dataset.csv.gz", "MTUM"),
    ],
    ids=lambda param: param[1],
)
def bars(request: pytest.FixtureRequest, market_data: Path) -> Bars:
    file, symbol = request.param
    return load_bars(market_data / file, [symbol])[symbol]


@pytest.fixture(scope="module")
def vectorbt() -> Any:
    with warnings.catch_warnings():
        # Its own, and those of what it imports.
        warnings.simplefilter("ignore")
        return pytest.importorskip("vectorbt", reason="vectorbt is not installed")


def from_signals(
    vectorbt: Any, positions: NDArray[np.bool_], closes: NDArray[np.float64], costs: Execution
) -> Any:
    """Enter where a position begins and leave where it ends, with all of the account."""
    before = np.zeros_like(positions)
    before[1:] = positions[:-1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return vectorbt.Portfolio.from_signals(
            closes[:, None],
            entries=positions & ~before,
            exits=before & ~positions,
            fees=costs.fee,
            slippage=costs.slippage,
            init_cash=costs.starting_cash,
            freq="1D",
        )


@pytest.mark.parametrize("costs", COSTS, ids=lambda c: f"{c.fee_bps:g}-{c.slippage_bps:g}")
@pytest.mark.parametrize("name", GRIDS)
def test_curves_and_trades(vectorbt: Any, bars: Bars, name: str, costs: Execution) -> None:
    grid, seed = GRIDS[name]
    positions = find_strategy(name).positions(bars, grid, [seed] * len(grid))
    ours = simulate(positions, bars.closes, costs)
    theirs = from_signals(vectorbt, positions, bars.closes, costs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value = np.asarray(theirs.value()).reshape(len(bars), -1)
        records = theirs.trades.records
    assert positions.any()
    np.testing.assert_allclose(ours.equity, value.T, rtol=1e-9, atol=0)
    check_trades(ours, records)


def check_trades(ours: Simulation, records: Any) -> None:
    """Each trade of ours is one of theirs; an open one has their pnl at the last close."""
    trades = ours.trades
    jobs = np.repeat(np.arange(len(ours.equity)), np.diff(ours.trade_bounds))
    np.testing.assert_array_equal(jobs, records["col"])
    np.testing.assert_array_equal(trades.entry_bar, records["entry_idx"])
    closed = trades.exit_bar >= 0
    np.testing.assert_array_equal(closed, records["status"] == 1)
    np.testing.assert_array_equal(trades.exit_bar[closed], records["exit_idx"][closed])
    np.testing.assert_allclose(trades.quantity, records["size"], rtol=1e-9)
    np.testing.assert_allclose(trades.entry_price, records["entry_price"], rtol=1e-12)
    np.testing.assert_allclose(trades.exit_price[closed], records["exit_price"][closed], rtol=1e-12)
    fees = records["entry_fees"] + np.where(closed, records["exit_fees"], 0)
    np.testing.assert_allclose(trades.fees, fees, rtol=1e-9)
    scale = np.abs(records["size"] * records["entry_price"])[closed]
    difference = np.abs(trades.pnl[closed] - records["pnl"][closed])
    assert (difference <= 1e-9 * scale).all()


def test_every_shipped_strategy_is_held_against_it() -> None:
    assert sorted(GRIDS) == strategy_names()


def test_moving_averages_equal_vectorbts(vectorbt: Any, bars: Bars) -> None:
    ours = moving_averages(bars.closes, {5, 50, 200})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for window, average in ours.items():
            theirs = np.asarray(vectorbt.MA.run(bars.closes, window=window).ma).reshape(-1)
            np.testing.assert_allclose(average, theirs, rtol=1e-9)
