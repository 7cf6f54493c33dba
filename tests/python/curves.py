"""Curves with known properties, and a run folder that holds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from curvehouse.identity import backtest_id
from run_folder import PlannedJob, RunFolder

__all__ = ["Curve", "daily", "write_run"]


@dataclass(frozen=True)
class Curve:
    """One curve, an equity a day."""

    name: str
    days: Sequence[date]
    equity: Sequence[float]
    symbol: str | None = None

    @property
    def job(self) -> PlannedJob:
        return PlannedJob({"name": self.name}, symbol=self.symbol, strategy="made")

    def backtest_id(self, run_id: str) -> str:
        return backtest_id(run_id, "made", self.job.param_hash)


def daily(name: str, equity: Sequence[float], start: date = date(2020, 1, 1)) -> Curve:
    """A curve with a value on every calendar day."""
    days = [start + timedelta(days=offset) for offset in range(len(equity))]
    return Curve(name, days, list(equity))


def write_run(results: Path, run_id: str, curves: Sequence[Curve], **manifest: object) -> Path:
    """Write curves as a finished run folder and return it."""
    jobs = [curve.job for curve in curves]
    folder = RunFolder(results / run_id, run_id, manifest=manifest, jobs=jobs)
    for curve in curves:
        frame = pl.DataFrame({"ts": curve.days, "equity": curve.equity})
        frame.write_csv(folder.file(curve.job))
    return folder.path
