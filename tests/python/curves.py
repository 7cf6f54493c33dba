"""Curves with known properties, and a home that holds them, for tests of the built tables."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from curvehouse.identity import backtest_id, param_hash

__all__ = ["Curve", "daily", "write_run"]


@dataclass(frozen=True)
class Curve:
    """One curve per day; `symbol` is what it trades, if anything."""

    name: str
    days: Sequence[date]
    equity: Sequence[float]

    @property
    def param_hash(self) -> str:
        return param_hash({"name": self.name})

    def backtest_id(self, run_id: str) -> str:
        return backtest_id(run_id, "made", self.param_hash)


def daily(name: str, equity: Sequence[float], start: date = date(2020, 1, 1)) -> Curve:
    """A curve with a value on every calendar day."""
    days = [start + timedelta(days=offset) for offset in range(len(equity))]
    return Curve(name, days, list(equity))


def write_run(
    results: Path,
    run_id: str,
    curves: Sequence[Curve],
    extra: Mapping[str, object] | None = None,
) -> Path:
    """Write curves as a finished run folder and return it."""
    folder = results / run_id
    (folder / "made").mkdir(parents=True)
    manifest = {
        "run_id": run_id,
        "created_at": "2026-01-05T10:00:00Z",
        "strategies": ["made"],
        "param_grid": {"name": [curve.name for curve in curves]},
        "seeds": [],
        "total_jobs": len(curves),
        "flags": {},
        **(extra or {}),
    }
    (folder / "batch_run_manifest.json").write_text(json.dumps(manifest))
    lines = []
    for curve in curves:
        lines.append(
            json.dumps(
                {
                    "strategy": "made",
                    "param_hash": curve.param_hash,
                    "params": {"name": curve.name},
                    "seed": None,
                    "symbol": None,
                    "status": "ok",
                    "error": None,
                    "started_at": "2026-01-05T10:00:00Z",
                    "seconds": 0.1,
                }
            )
        )
        pl.DataFrame({"ts": curve.days, "equity": curve.equity}).write_csv(
            folder / "made" / f"{curve.param_hash}_equity.csv"
        )
    (folder / "jobs.jsonl").write_text("\n".join(lines) + "\n")
    return folder
