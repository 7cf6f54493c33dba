"""A small sweep on made-up bars, for tests of what it leaves on disk."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from curvehouse.sweep import Bars, SweepOptions, SweepOutcome, SweepSpec, run_sweep

__all__ = ["SPEC", "jobs_of", "made_bars", "manifest_of", "sweep", "tree", "write_bars"]

SPEC: dict[str, Any] = {
    "run_id": "mine",
    "strategies": ["ma_crossover", "random_flip", "buy_and_hold"],
    "symbols": ["AAA", "BBB"],
    "param_grid": {"ma_short": [2, 5], "ma_long": [10, 200]},
    "seeds": [1, 2, 3],
    "fee_bps": 5,
    "slippage_bps": 1,
    "flags": {"note": "kept"},
}


def write_bars(folder: Path) -> Path:
    """Write 120 days of two random walks, AAA and BBB."""
    days = np.datetime64("2020-01-01") + np.arange(120)
    walks = 50 * np.exp(np.random.default_rng(4).normal(0, 0.02, (2, 120)).cumsum(axis=1))
    rows = "".join(f"{day},{a!r},{b!r}\n" for day, a, b in zip(days, *walks.tolist(), strict=True))
    path = folder / "bars.csv"
    path.write_text(f"Date,AAA,BBB\n{rows}")
    return path


def made_bars(closes: Sequence[float] | NDArray[np.float64], symbol: str = "A") -> Bars:
    """Bars on days of their own, with these closes and no other prices."""
    values = np.asarray(closes, dtype=np.float64)
    days = np.datetime64("2020-01-01", "us") + np.arange(len(values)) * np.timedelta64(1, "D")
    return Bars(symbol=symbol, times=days, closes=values)


def sweep(
    bars_file: Path,
    results: Path,
    *,
    options: SweepOptions | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    **changes: object,
) -> SweepOutcome:
    """Run the small sweep, with changes to its spec, in one process unless options say more."""
    return run_sweep(
        SweepSpec.model_validate(SPEC | changes),
        bars_file,
        results,
        options=options or SweepOptions(workers=1),
        on_progress=on_progress,
    )


def jobs_of(outcome: SweepOutcome) -> list[dict[str, Any]]:
    lines = (outcome.run_folder / "jobs.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def manifest_of(outcome: SweepOutcome) -> dict[str, Any]:
    text = (outcome.run_folder / "batch_run_manifest.json").read_text()
    content: dict[str, Any] = json.loads(text)
    return content


def tree(folder: Path, *, with_timings: bool = False) -> dict[str, bytes]:
    """Every file's bytes; the moments and durations are blanked unless wanted."""
    files = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    if not with_timings:
        manifest = json.loads(files["batch_run_manifest.json"])
        files["batch_run_manifest.json"] = json.dumps(manifest | {"created_at": ""}).encode()
        jobs = [json.loads(line) for line in files["jobs.jsonl"].splitlines()]
        blank = {"started_at": "", "seconds": 0}
        files["jobs.jsonl"] = json.dumps([job | blank for job in jobs]).encode()
    return files
