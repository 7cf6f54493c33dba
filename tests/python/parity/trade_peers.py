"""What vectorbt says of trades, by metric and function."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from parity.conftest import made_trades

__all__ = ["OF_TRADES", "peer_trades"]


def method(name: str) -> Callable[[Any], Any]:
    return lambda trades: np.asarray(getattr(trades.closed, name)()).item()


OF_TRADES: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("trade_win_rate", "vectorbt Trades.win_rate"): method("win_rate"),
    ("trade_profit_factor", "vectorbt Trades.profit_factor"): method("profit_factor"),
    ("expectancy", "vectorbt Trades.expectancy"): method("expectancy"),
    ("system_quality_number", "vectorbt Trades.sqn"): method("sqn"),
    ("longest_trade_winning_streak", "vectorbt Trades.winning_streak"): lambda trades: (
        trades.closed.winning_streak.values.max()
    ),
    ("longest_trade_losing_streak", "vectorbt Trades.losing_streak"): lambda trades: (
        trades.closed.losing_streak.values.max()
    ),
}


@cache
def peer_trades() -> Any:
    """Return the made trades, in the order of their exits, as vectorbt's records."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import vectorbt  # noqa: PLC0415
    trades = sorted(made_trades(), key=lambda trade: (trade.exit is None, trade.exit))
    records = np.zeros(len(trades), dtype=vectorbt.portfolio.enums.trade_dt)
    first = min(trade.entry for trade in trades)
    for number, (record, trade) in enumerate(zip(records, trades, strict=True)):
        record["id"] = number
        record["size"] = 1
        record["entry_price"] = 100
        record["entry_idx"] = (trade.entry - first).days
        record["exit_idx"] = ((trade.exit or trade.entry) - first).days
        record["pnl"] = trade.pnl or 0
        record["status"] = 0 if trade.exit is None else 1
    index = pd.date_range(first, periods=500)
    wrapper = vectorbt.ArrayWrapper(index, ["x"], 2)
    closes = pd.DataFrame({"x": np.full(500, 100.0)}, index)
    return vectorbt.portfolio.trades.Trades(wrapper, records, closes)
