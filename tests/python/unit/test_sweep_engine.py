"""Equity and trades, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from curvehouse.sweep.engine import Execution, Simulation, simulate

CLOSES = [10.0, 20.0, 30.0, 40.0, 10.0, 50.0]
POSITIONS = [False, True, True, False, False, True]


def run(positions: list[bool], closes: list[float], execution: Execution) -> Simulation:
    return simulate(np.array(positions)[:, None], np.array(closes), execution)


def test_six_bars_without_costs() -> None:
    result = run(POSITIONS, CLOSES, Execution(starting_cash=100))
    assert result.equity.tolist() == [[100, 100, 150, 200, 200, 200]]
    assert result.trades.pnl.tolist()[:1] == [100]
    assert result.trades.fees.tolist() == [0, 0]


def test_six_bars_with_a_quarter_fee_and_a_quarter_slippage() -> None:
    # Entry keeps 1/(1.25*1.25) = 0.64 of the equity, exit 0.75*0.75 = 0.5625.
    # Bar 1: 100 buys 3.2 at 25, and 20 fee. Bar 3: 3.2 at 30 are 96, less 24 fee: 72.
    # Bar 5: 72 buys 0.9216 at 62.5, and 14.4 fee.
    costs = Execution(starting_cash=100, fee_bps=2_500, slippage_bps=2_500)
    result = run(POSITIONS, CLOSES, costs)
    np.testing.assert_allclose(result.equity, [[100, 64, 96, 72, 72, 46.08]], rtol=1e-14)
    trades = result.trades
    assert trades.entry_bar.tolist() == [1, 5]
    assert trades.exit_bar.tolist() == [3, -1]
    np.testing.assert_allclose(trades.quantity, [3.2, 0.9216], rtol=1e-14)
    np.testing.assert_allclose(trades.entry_price, [25, 62.5])
    np.testing.assert_allclose(trades.exit_price, [30, np.nan])
    np.testing.assert_allclose(trades.fees, [44, 14.4], rtol=1e-14)
    np.testing.assert_allclose(trades.pnl, [-28, np.nan], rtol=1e-14)


def test_costs_of_the_first_bar_are_in_the_first_row() -> None:
    result = run([True, True], [10.0, 20.0], Execution(starting_cash=100, fee_bps=2_500))
    np.testing.assert_allclose(result.equity, [[80, 160]], rtol=1e-15)


def test_a_job_that_is_never_long_keeps_its_cash() -> None:
    result = run([False] * 6, CLOSES, Execution(starting_cash=123.45, fee_bps=10))
    assert result.equity.tolist() == [[123.45] * 6]
    assert len(result.trades) == 0
    assert result.trade_bounds.tolist() == [0, 0]


def test_jobs_of_a_block_stand_for_themselves() -> None:
    block = np.array(
        [POSITIONS, [False] * 6, [True] * 6, [False, False, False, False, False, True], POSITIONS]
    ).T
    costs = Execution(fee_bps=10, slippage_bps=5)
    together = simulate(block, np.array(CLOSES), costs)
    for number in range(block.shape[1]):
        alone = simulate(block[:, [number]], np.array(CLOSES), costs)
        start, stop = together.trade_bounds[number : number + 2].tolist()
        own = together.trades.between(start, stop)
        assert (together.equity[number] == alone.equity[0]).all()
        for name, column in vars(alone.trades).items():
            np.testing.assert_array_equal(getattr(own, name), column)


@pytest.mark.parametrize("layout", ["C", "F"])
def test_memory_layout_does_not_matter(layout: str) -> None:
    block = np.random.default_rng(0).random((50, 7)) < 0.5
    closes = np.random.default_rng(1).uniform(1, 2, 50)
    given = np.asarray(block, order=layout)  # type: ignore[call-overload]
    before = given.copy()
    equity = simulate(given, closes, Execution()).equity
    assert (equity == simulate(block, closes, Execution()).equity).all()
    assert (given == before).all()
