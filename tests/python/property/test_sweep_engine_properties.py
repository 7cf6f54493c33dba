"""The engine against a plain loop, and what must hold for any prices and positions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from curvehouse.sweep.engine import Execution, simulate

Floats = NDArray[np.float64]


@dataclass
class Walk:
    """One job, bar by bar, as an account statement would show it."""

    equity: list[float]
    trades: list[list[float]]


def walk(positions: list[bool], closes: list[float], costs: Execution) -> Walk:
    cash, quantity = costs.starting_cash, 0.0
    equity: list[float] = []
    trades: list[list[float]] = []
    for bar, (wants, close) in enumerate(zip(positions, closes, strict=True)):
        if wants and not quantity:
            price = close * (1 + costs.slippage)
            paid, quantity, cash = cash, cash / (price * (1 + costs.fee)), 0.0
            fees = quantity * price * costs.fee
            trades.append([bar, -1, quantity, price, np.nan, fees, np.nan, paid])
        elif quantity and not wants:
            price = close * (1 - costs.slippage)
            fee = quantity * price * costs.fee
            cash = quantity * price - fee
            trade = trades[-1]
            trade[1], trade[4], trade[6] = bar, price, cash - trade.pop()
            trade[5] += fee
            quantity = 0.0
        equity.append(cash + quantity * close)
    return Walk(equity, [trade[:7] for trade in trades])


@st.composite
def markets(draw: st.DrawFn) -> tuple[NDArray[np.bool_], Floats, Execution]:
    """Positions of shape (n_bars, n_jobs), a random walk of closes, and costs."""
    n_bars, n_jobs = draw(st.integers(2, 60)), draw(st.integers(1, 5))
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    volatility = draw(st.sampled_from([0.0, 0.01, 0.2]))
    closes = draw(st.floats(0.01, 1e5)) * np.exp(generator.normal(0, volatility, n_bars).cumsum())
    change = draw(st.sampled_from([0.0, 0.05, 0.5, 1.0]))
    positions = np.logical_xor.accumulate(generator.random((n_bars, n_jobs)) < change, axis=0)
    bps = st.floats(0, 500)
    return positions, closes, Execution(draw(st.floats(1, 1e9)), draw(bps), draw(bps))


@given(markets())
def test_equals_a_plain_loop(market: tuple[NDArray[np.bool_], Floats, Execution]) -> None:
    positions, closes, costs = market
    result = simulate(positions, closes, costs)
    assert result.equity.shape == positions.T.shape
    for number, job in enumerate(positions.T.tolist()):
        expected = walk(job, closes.tolist(), costs)
        np.testing.assert_allclose(result.equity[number], expected.equity, rtol=1e-11)
        start, stop = result.trade_bounds[number : number + 2].tolist()
        columns = vars(result.trades.between(start, stop)).values()
        got = np.array([list(map(float, column)) for column in columns]).T
        rows = np.array(expected.trades).reshape(-1, 7)
        np.testing.assert_allclose(got, rows, rtol=1e-9, atol=1e-9 * costs.starting_cash)


@given(markets())
def test_profits_add_up_to_the_equity(
    market: tuple[NDArray[np.bool_], Floats, Execution],
) -> None:
    positions, closes, costs = market
    result = simulate(positions, closes, costs)
    for number, equity in enumerate(result.equity):
        start, stop = result.trade_bounds[number : number + 2].tolist()
        trades = result.trades.between(start, stop)
        before = np.concatenate(([costs.starting_cash], equity))[trades.entry_bar]
        is_closed = trades.exit_bar >= 0
        after = equity[trades.exit_bar[is_closed]]
        tolerance = 1e-11 * max(costs.starting_cash, equity.max())
        np.testing.assert_allclose(
            trades.pnl[is_closed], after - before[is_closed], rtol=0, atol=tolerance
        )
        net = trades.quantity * (trades.exit_price - trades.entry_price) - trades.fees
        np.testing.assert_allclose(trades.pnl[is_closed], net[is_closed], rtol=0, atol=tolerance)
        if is_closed.all():
            total = costs.starting_cash + trades.pnl.sum()
            np.testing.assert_allclose(equity[-1], total, rtol=0, atol=tolerance)


@given(markets(), st.data())
def test_the_past_does_not_change(
    market: tuple[NDArray[np.bool_], Floats, Execution], data: st.DataObject
) -> None:
    positions, closes, costs = market
    cut = data.draw(st.integers(1, len(closes)))
    whole, short = (
        simulate(positions, closes, costs),
        simulate(positions[:cut], closes[:cut], costs),
    )
    np.testing.assert_array_equal(short.equity, whole.equity[:, :cut])


@given(markets(), st.floats(1e-3, 1e3))
def test_the_unit_of_prices_does_not_matter(
    market: tuple[NDArray[np.bool_], Floats, Execution], scale: float
) -> None:
    positions, closes, costs = market
    equity = simulate(positions, closes, costs).equity
    np.testing.assert_allclose(
        simulate(positions, closes * scale, costs).equity, equity, rtol=1e-11
    )


@given(markets())
def test_costs_never_help(market: tuple[NDArray[np.bool_], Floats, Execution]) -> None:
    positions, closes, costs = market
    free = simulate(positions, closes, Execution(costs.starting_cash)).equity
    assert (simulate(positions, closes, costs).equity <= free * (1 + 1e-12)).all()
