"""Write a result as QuantConnect Lean does, of a small account on drawn prices.

    python make_lean.py FOLDER

Lean is a program of .NET that can't be installed with the tests, so no run of it made this file.
Names, their order, types and roundings are those of results that were published in 2025, and of the
classes of QuantConnect/Lean that write them: Result, Trade and CandlestickJsonConverter.
"""

from __future__ import annotations

import json
import re
import sys
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

NEW_YORK = ZoneInfo("America/New_York")
FIRST, LAST = date(2023, 2, 1), date(2023, 4, 6)
CASH, QUANTITY, FEE = 100_000.0, 200, 1.0
# In between the days' ends, in local time: the chart of a long backtest has a point now and then.
CLOCKS = (time(9, 31), time(12, 19), time(15, 55))
CLOSE = time(16)


def instant(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, NEW_YORK).astimezone(UTC)


def trading_days() -> list[date]:
    days = (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))
    return [day for day in days if day.weekday() < 5]


def drawn_prices() -> dict[datetime, float]:
    """Return a price at each clock and at the close of each day."""
    moments = [instant(day, clock) for day in trading_days() for clock in (*CLOCKS, CLOSE)]
    moves = np.random.default_rng(5).normal(0, 0.007, len(moments))
    prices = 400 * np.exp(np.cumsum(moves))
    return dict(zip(moments, (round(float(price), 2) for price in prices), strict=True))


def closed_trades(prices: dict[datetime, float]) -> list[dict[str, Any]]:
    """Return trades that begin at 12:19 and end at 15:55 of a later day, long and short in turn."""
    days = trading_days()
    trades = []
    for number, start in enumerate(range(1, len(days) - 4, 6)):
        entry, leave = instant(days[start], CLOCKS[1]), instant(days[start + 4], CLOCKS[2])
        sign = 1 if number % 2 == 0 else -1
        gross = round(sign * QUANTITY * (prices[leave] - prices[entry]), 2)
        trades.append(
            {
                "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X", "permtick": "SPY"},
                "entryTime": f"{entry:%Y-%m-%dT%H:%M:%SZ}",
                "entryPrice": prices[entry],
                "direction": 0 if sign > 0 else 1,
                "quantity": float(QUANTITY),
                "exitTime": f"{leave:%Y-%m-%dT%H:%M:%SZ}",
                "exitPrice": prices[leave],
                "profitLoss": gross,
                "totalFees": 2 * FEE,
                "mae": 0.0,
                "mfe": 0.0,
                "duration": f"4.{leave - entry - timedelta(days=4)}",
                "endTradeDrawdown": 0.0,
                "isWin": gross > 0,
                "orderIds": [2 * number + 1, 2 * number + 2],
            }
        )
    return trades


def equity_at(
    moment: datetime, prices: dict[datetime, float], trades: list[dict[str, Any]]
) -> float:
    known = max((other for other in prices if other <= moment), default=None)
    equity = CASH
    for trade in trades:
        entry, leave = (datetime.fromisoformat(trade[f"{end}Time"]) for end in ("entry", "exit"))
        sign = 1 if trade["direction"] == 0 else -1
        if leave <= moment:
            equity += trade["profitLoss"] - trade["totalFees"]
        elif entry <= moment and known is not None:
            equity += sign * QUANTITY * (prices[known] - trade["entryPrice"]) - FEE
    return round(equity, 4)


def result() -> dict[str, Any]:
    prices = drawn_prices()
    trades = closed_trades(prices)
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    midnights = [instant(day, time()) for day in days]
    end = instant(LAST, CLOSE)
    sampled = [*midnights, end]
    between = [moment for moment in prices if moment not in sampled and moment < end]
    curve = [
        (int(moment.timestamp()), equity_at(moment, prices, trades))
        for moment in sorted(
            [*sampled, *(m for m in between if m.astimezone(NEW_YORK).time() != CLOSE)]
        )
    ]
    daily = [equity_at(moment, prices, trades) for moment in sampled]
    returns = [0.0, *(round((b / a - 1) * 100, 7) for a, b in pairwise(daily))]
    last = {m: prices[max(o for o in prices if o <= m)] for m in sampled if m > min(prices)}
    values = np.array([value for _, value in curve])
    drawdown = round(float(1 - (values / np.maximum.accumulate(values)).min()), 3)
    total = daily[-1] / CASH - 1
    stamps = [int(moment.timestamp()) for moment in sampled]
    return {
        "rollingWindow": {"M1_20230228": {"closedTrades": []}},
        "totalPerformance": {
            "tradeStatistics": {"totalNumberOfTrades": len(trades)},
            "portfolioStatistics": {
                "startEquity": f"{CASH:.0f}",
                "endEquity": f"{daily[-1]:.2f}",
                "drawdown": str(drawdown),
                "totalNetProfit": f"{total:.4f}",
            },
            "closedTrades": trades,
        },
        "charts": {
            "Strategy Equity": chart(
                "Strategy Equity",
                series("Equity", "$", 2, [[s, v, v, v, v] for s, v in curve]),
                series(
                    "Return", "%", 3, [list(pair) for pair in zip(stamps, returns, strict=True)]
                ),
            ),
            "Benchmark": chart(
                "Benchmark",
                series("Benchmark", "$", 0, [[int(m.timestamp()), p] for m, p in last.items()]),
            ),
        },
        "orders": {"1": {"type": 0, "id": 1, "priceCurrency": "USD"}},
        "profitLoss": {},
        "statistics": {
            "Total Orders": str(2 * len(trades)),
            "Drawdown": f"{100 * drawdown:.3f}%",
            "Start Equity": f"{CASH:.0f}",
            "End Equity": f"{daily[-1]:.2f}",
            "Net Profit": f"{100 * total:.3f}%",
            "Total Fees": f"${2 * FEE * len(trades):.2f}",
        },
        "runtimeStatistics": {"Equity": f"${daily[-1]:,.2f}"},
        "state": {"Name": "local", "Status": "Completed"},
        "algorithmConfiguration": {
            "name": "local",
            "tags": [],
            "accountCurrency": "USD",
            "brokerage": 0,
            "accountType": 0,
            "parameters": {"hold-days": "4", "symbol-count": "1"},
            "startDate": f"{FIRST}T00:00:00Z",
            "endDate": f"{LAST}T23:59:59Z",
            "tradingDaysPerYear": 252,
        },
    }


def chart(name: str, *drawn: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "chartType": 0, "series": {one["name"]: one for one in drawn}}


def series(name: str, unit: str, kind: int, values: list[list[float]]) -> dict[str, Any]:
    return {"name": name, "unit": unit, "index": 0, "seriesType": kind, "values": values}


if __name__ == "__main__":
    text = json.dumps(result(), indent=2)
    # A point is a list of numbers, on one line.
    text = re.sub(r"\[\s+([-\d.,\s]+?)\s+\]", lambda found: f"[{''.join(found[1].split())}]", text)
    (Path(sys.argv[1]) / "lean.json").write_text(text + "\n")
