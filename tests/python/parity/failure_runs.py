"""Runs of trades: on the index and on its cut-off copies, and with a planted pattern."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from failure_trades import planted
from run_folder import PlannedJob, RunFolder

__all__ = ["LOOKING_BACK", "PATTERNED", "UNKNOWN_COUNT", "looking_back", "write_failure_runs"]

LOOKING_BACK, PATTERNED = "looking_back", "patterned"
# Trades of the patterned run in a symbol without bars, and without features in the file.
UNKNOWN_COUNT = 12


def looking_back(days: list[date], closes: list[float]) -> pl.DataFrame:
    """Trades on random days, also on ones without a bar, some held for less than a day."""
    draw = np.random.default_rng(5)
    count = 500
    rows = draw.integers(0, len(days) - 130, count)
    # Friday's successors fall on weekends.
    late = draw.integers(0, 3, count)
    hours = draw.integers(0, 23, count)
    held = draw.integers(0, 125, count)
    entries = np.array(days, dtype="datetime64[D]")[rows] + late
    exits = np.array(days, dtype="datetime64[D]")[rows + 3 + held]
    prices = np.array(closes)[rows] * np.exp(draw.normal(0, 0.01, count))
    exit_prices = np.array(closes)[rows + 3 + held] * np.exp(draw.normal(0, 0.01, count))
    is_short = draw.random(count) < 0.4
    entry_at = entries.astype("datetime64[us]") + hours * np.timedelta64(1, "h")
    exit_at = np.maximum(exits.astype("datetime64[us]"), entry_at + np.timedelta64(90, "s"))
    return pl.DataFrame(
        {
            "side": np.where(is_short, "short", "long"),
            "entry_at": entry_at,
            "exit_at": exit_at,
            "quantity": np.ones(count),
            "entry_price": prices,
            "exit_price": exit_prices,
            "pnl": np.where(is_short, -1, 1) * (exit_prices - prices),
        }
    )


def write_failure_runs(
    folder: Path, days: list[date], closes: list[float], last_days: dict[str, date]
) -> list[Path]:
    """Write both runs; of the symbols named, trades that ended by their last day."""
    run = RunFolder(folder / LOOKING_BACK, LOOKING_BACK)
    trades = looking_back(days, closes)
    for symbol, last_day in last_days.items():
        job = run.add(PlannedJob({"symbol": symbol}, symbol=symbol))
        ended = trades.filter(pl.col("exit_at").dt.date() <= last_day)
        ended.write_csv(run.file(job, "trades"))
    return [run.path, _write_patterned(folder)]


def _write_patterned(folder: Path) -> Path:
    run = RunFolder(folder / PATTERNED, PATTERNED)
    table = planted(0)
    known = pl.DataFrame(
        {
            "symbol": "AAA",
            "side": "long",
            "entry_at": table["entry_at"].to_numpy(),
            "exit_at": table["exit_at"].to_numpy(),
            "quantity": 1.0,
            "entry_price": 100.0,
            "exit_price": 101.0,
            "pnl": table["pnl"].to_numpy(),
            "pre_runup_pct": table["pre_runup_pct"].to_numpy(),
            "entry_vol": table["entry_vol"].to_numpy(),
        }
    )
    nothing = pl.lit(None, dtype=pl.Float64)
    unknown = known.head(UNKNOWN_COUNT).with_columns(
        symbol=pl.lit("BBB"), pre_runup_pct=nothing, entry_vol=nothing
    )
    for number in (1, 2):
        job = run.add(PlannedJob({"n": number}, symbol=None))
        cell = pl.concat([known, unknown]).with_columns(pnl=pl.col("pnl") * number)
        cell.write_csv(run.file(job, "trades"))
    return run.path
