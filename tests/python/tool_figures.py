"""The curve that a reader found in a tool's file, and its figures."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from curvehouse.readers.tools import ToolResult
from landed import our_figures

__all__ = ["curve_rows", "daily_figures", "row_figures"]


def curve_rows(result: ToolResult) -> list[tuple[datetime, float]]:
    """Return the moments and values of the curve of a file with one backtest."""
    (found,) = result.backtests
    assert found.curve is not None
    return [(_moment(row["ts"]), float(row["equity"])) for row in found.curve.to_pylist()]


def row_figures(result: ToolResult) -> dict[str, float]:
    """Return total return and maximum drawdown over all rows of the curve."""
    values = np.array([value for _, value in curve_rows(result)])
    drawdown = float((values / np.maximum.accumulate(values)).min() - 1)
    return {"total_return": values[-1] / values[0] - 1, "max_drawdown": drawdown}


def daily_figures(result: ToolResult) -> dict[str, float]:
    """Return total return and maximum drawdown as the tables have them, by the day."""
    zone = ZoneInfo(result.timezone or "UTC")
    days: dict[date, float] = {}
    for moment, value in curve_rows(result):
        days[moment.astimezone(zone).date()] = value
    return our_figures(np.array(list(days.values())), result.backtests[0].starting_cash)


def _moment(ts: datetime | str) -> datetime:
    moment = datetime.fromisoformat(ts) if isinstance(ts, str) else ts
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
