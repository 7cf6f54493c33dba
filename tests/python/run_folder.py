"""Run folders as a sweep writes them, for tests of what reads them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from curvehouse.identity import ParameterValue, backtest_id, param_hash

__all__ = ["TRADES_HEADER", "PlannedJob", "RunFolder", "curve_csv"]

TRADES_HEADER = "trade_id,symbol,side,entry_at,exit_at,quantity,entry_price,exit_price,fees,pnl\n"


def curve_csv(equity: Sequence[object], first: date = date(2020, 1, 1)) -> str:
    """Return a curve with one row a day."""
    days = (first + timedelta(days=number) for number in range(len(equity)))
    rows = "".join(f"{day},{value}\n" for day, value in zip(days, equity, strict=True))
    return f"ts,equity\n{rows}"


@dataclass(frozen=True)
class PlannedJob:
    params: Mapping[str, ParameterValue]
    symbol: str | None = "SPY"
    seed: int | None = None
    strategy: str = "trend"
    status: str = "ok"
    stated_hash: str | None = None

    @property
    def param_hash(self) -> str:
        if self.stated_hash is not None:
            return self.stated_hash
        full = dict(self.params)
        full |= {"symbol": self.symbol} if self.symbol is not None else {}
        full |= {"seed": self.seed} if self.seed is not None else {}
        return param_hash(full)

    def line(self) -> str:
        return json.dumps(
            {
                "strategy": self.strategy,
                "param_hash": self.param_hash,
                "params": self.params,
                "seed": self.seed,
                "symbol": self.symbol,
                "status": self.status,
                "error": None,
                "started_at": "2026-01-05T12:00:00+02:00",
                "seconds": 0.25,
            }
        )


@dataclass
class RunFolder:
    """A run folder that starts with a manifest and an empty plan."""

    path: Path
    run_id: str = "run"
    manifest: dict[str, Any] = field(default_factory=dict)
    jobs: list[PlannedJob] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        self.write_manifest()
        self.write_jobs()

    def write_manifest(self, **keys: object) -> None:
        self.manifest |= keys
        content = {"run_id": self.run_id, "created_at": "2026-01-05T10:00:00Z", **self.manifest}
        (self.path / "batch_run_manifest.json").write_text(json.dumps(content))

    def write_jobs(self) -> None:
        lines = "".join(f"{job.line()}\n" for job in self.jobs)
        (self.path / "jobs.jsonl").write_text(lines)

    def plan(self, **params: ParameterValue) -> PlannedJob:
        return self.add(PlannedJob(params))

    def add(self, job: PlannedJob) -> PlannedJob:
        self.jobs.append(job)
        self.write_jobs()
        return job

    def file(self, job: PlannedJob, kind: str = "equity", suffix: str = ".csv") -> Path:
        folder = self.path / job.strategy
        folder.mkdir(exist_ok=True)
        return folder / f"{job.param_hash}_{kind}{suffix}"

    def land(self, content: str | bytes = "", **params: ParameterValue) -> PlannedJob:
        """Plan a job and write its curve."""
        job = self.plan(**params)
        content = content or curve_csv([100, 101, 102])
        data = content if isinstance(content, bytes) else content.encode()
        self.file(job).write_bytes(data)
        return job

    def backtest_id(self, job: PlannedJob) -> str:
        return backtest_id(self.run_id, job.strategy, job.param_hash)
