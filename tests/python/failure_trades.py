"""Trades with a pattern, and without one, for tests of what finds patterns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from curvehouse.sweep.signals import ma_crossover
from sweep_runs import made_bars

__all__ = ["blob", "moving_averages", "noise", "planted", "stream", "table_of"]

Floats = NDArray[np.float64]

BASE_LOSS_RATE = 0.25
GRID = [
    {"ma_short": short, "ma_long": long}
    for short in (5, 10, 15, 20, 25, 30, 35, 40)
    for long in (50, 100, 150, 200, 250, 300)
]


def table_of(**columns: Any) -> pa.Table:
    """Return trades with these columns; the rest are as if they did not matter."""
    count = len(columns["pnl"])
    first = np.datetime64("2015-01-01T10:00", "us")
    entries = first + np.arange(count) * np.timedelta64(16, "h")
    holds = np.asarray(columns.get("hold_minutes", np.full(count, 60.0)), dtype=np.float64)
    defaults: dict[str, Any] = {
        "run_id": ["run"] * count,
        "strategy": ["swing"] * count,
        "symbol": ["AAA"] * count,
        "side": ["long"] * count,
        "entry_at": entries,
        "exit_at": entries + (np.nan_to_num(holds) * 60_000_000).astype("timedelta64[us]"),
        "copy_count": np.ones(count, dtype=np.int64),
        "hold_minutes": holds,
        "pre_runup_pct": np.zeros(count),
        "entry_vol": np.full(count, 0.2),
        "entry_weekday": np.full(count, 3),
        "entry_hour": np.full(count, 10),
        "entry_vol_band": pa.nulls(count, pa.string()),
        "entry_trend_bucket": pa.nulls(count, pa.string()),
    }
    return pa.table(defaults | columns)


def stream(table: pa.Table, chunk: int = 997) -> pa.RecordBatchReader:
    return pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=chunk))


def planted(seed: int, count: int = 1000) -> pa.Table:
    """Short trades entered at high volatility, a fifth of all, lose nine times in ten."""
    draw = np.random.default_rng(seed)
    is_planted = draw.random(count) < 0.2
    held = np.where(is_planted, draw.normal(3, 0.4, count), draw.normal(6.5, 0.8, count))
    volatile = np.where(is_planted, draw.normal(-0.7, 0.15, count), draw.normal(-1.7, 0.25, count))
    elsewhere = (BASE_LOSS_RATE - 0.2 * 0.9) / 0.8
    is_loss = draw.random(count) < np.where(is_planted, 0.9, elsewhere)
    return table_of(
        hold_minutes=np.exp(held),
        pre_runup_pct=draw.normal(0, 4, count),
        entry_vol=np.exp(volatile),
        pnl=amounts(draw, is_loss),
    )


def noise(seed: int, count: int = 1000) -> pa.Table:
    """Independent features, and an outcome that none of them has to do with."""
    draw = np.random.default_rng(seed)
    return cloud(draw, draw.normal(size=(count, 3)))


def blob(seed: int, count: int = 1000) -> pa.Table:
    """The same with features that go together closely."""
    draw = np.random.default_rng(seed)
    shape = np.linalg.cholesky(np.full((3, 3), 0.8) + 0.2 * np.eye(3))
    return cloud(draw, draw.normal(size=(count, 3)) @ shape.T)


def cloud(draw: np.random.Generator, values: Floats) -> pa.Table:
    return table_of(
        hold_minutes=np.exp(6.5 + 0.8 * values[:, 0]),
        pre_runup_pct=4 * values[:, 1],
        entry_vol=np.exp(-1.7 + 0.4 * values[:, 2]),
        pnl=amounts(draw, draw.random(len(values)) < 0.4),
    )


def amounts(draw: np.random.Generator, is_loss: NDArray[np.bool_]) -> Floats:
    return np.where(is_loss, -1, 1) * draw.lognormal(4, 0.5, len(is_loss))


def moving_averages(seed: int, bars: int = 5000) -> pa.Table:
    """The trades of 48 moving averages on one random walk without drift."""
    draw = np.random.default_rng(seed)
    closes = 100 * np.exp(np.cumsum(draw.normal(-0.00005, 0.01, bars)))
    positions = ma_crossover(made_bars(closes), GRID, [None] * len(GRID)).astype(int)
    changes = np.diff(positions, axis=0, prepend=0)
    entries, exits = [], []
    for cell in changes.T:
        ends = np.flatnonzero(cell == -1)
        exits.append(ends)
        entries.append(np.flatnonzero(cell == 1)[: len(ends)])
    entry, exit_ = np.concatenate(entries), np.concatenate(exits)
    returns = np.diff(np.log(closes), prepend=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(returns, 20)
    days = np.datetime64("1990-01-01", "us") + np.arange(bars) * np.timedelta64(35, "h")
    return table_of(
        entry_at=days[entry],
        exit_at=days[exit_],
        hold_minutes=(days[exit_] - days[entry]) / np.timedelta64(1, "m"),
        pre_runup_pct=(closes[entry] / closes[entry - 20] - 1) * 100,
        entry_vol=windows[entry - 20].std(axis=1, ddof=1) * 252**0.5,
        pnl=closes[exit_] / closes[entry] - 1 - 4e-4,
    )
