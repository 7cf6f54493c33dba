"""Figures of a curve that a tool wrote: by the warehouse's days, and over all its rows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from curvehouse.analytics.curve_statistics import measure_curves
from curvehouse.readers.tools import ToolResult

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
    """Return total return and maximum drawdown as the warehouse measures them, by the day."""
    zone = ZoneInfo(result.timezone or "UTC")
    days: dict[date, float] = {}
    for moment, value in curve_rows(result):
        days[moment.astimezone(zone).date()] = value
    equity = np.array(list(days.values()))
    start = result.backtests[0].starting_cash or equity[0]
    before = np.concatenate([[start], equity[:-1]])
    rows = pa.table(
        {
            "curve_number": pa.array([1] * len(days), pa.int64()),
            "equity_date": pa.array(days, pa.date32()),
            "equity": equity,
            "simple_return": equity / before - 1,
            "high_water_mark": np.maximum(np.maximum.accumulate(equity), start),
        }
    )
    names = {"curve_number": pa.array([1], pa.int64()), "backtest_id": ["x"], "input_version": [""]}
    found = measure_curves(rows.to_reader(), pa.table(names)).to_pylist()[0]
    total_return = found["final_equity"] / found["starting_equity"] - 1
    return {"total_return": total_return, "max_drawdown": found["max_drawdown"]}


def _moment(ts: datetime | str) -> datetime:
    moment = datetime.fromisoformat(ts) if isinstance(ts, str) else ts
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
