"""Loading curves, beside DuckDB's own reading of the same files into a bare table."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import duckdb
import numpy as np
import polars as pl

from curvehouse.home import Home
from curvehouse.identity import param_hash
from curvehouse.ingest import ingest_runs

__all__ = ["measure"]

CURVES = 1_000
ROWS = 2_520
ROUNDS = 3


def measure() -> str:
    """Return one line: seconds of both, and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        run = _write_run(Path(folder))
        files = sorted(str(path) for path in run.glob("*/*_equity.csv"))
        ours, floor = [], []
        for number in range(ROUNDS):
            home = Home(Path(folder) / f"home_{number}")
            ours.append(_seconds(lambda home=home: ingest_runs(home, [run])))
            bare = Path(folder) / f"bare_{number}.duckdb"
            floor.append(_seconds(lambda bare=bare: _read_bare(bare, files)))
            _check_same(home, bare)
    return (
        f"ingest: {CURVES:,} curves of {ROWS:,} rows in {median(ours):.2f} s, bare read_csv in "
        f"{median(floor):.2f} s, ratio {median(ours) / median(floor):.2f} "
        f"(from {min(ours):.2f} to {max(ours):.2f} s)"
    )


def _write_run(folder: Path) -> Path:
    run = folder / "bench"
    (run / "made").mkdir(parents=True)
    draw = np.random.default_rng(1)
    days = pl.date_range(pl.date(2000, 1, 1), pl.date(2006, 11, 24), eager=True)[:ROWS]
    lines = []
    for number in range(CURVES):
        key = param_hash({"number": number})
        equity = 1e5 * np.exp(np.cumsum(draw.normal(0, 0.01, ROWS)))
        pl.DataFrame({"ts": days, "equity": equity}).write_csv(run / "made" / f"{key}_equity.csv")
        job = {"strategy": "made", "param_hash": key, "params": {"number": number}, "seed": None}
        job |= {"symbol": None, "status": "ok", "error": None}
        lines.append(json.dumps(job | {"started_at": "2026-01-05T10:00:00Z", "seconds": 0.1}))
    (run / "jobs.jsonl").write_text("\n".join(lines) + "\n")
    manifest = {
        "run_id": "bench",
        "created_at": "2026-01-05T10:00:00Z",
        "strategies": ["made"],
        "param_grid": {"number": list(range(CURVES))},
        "seeds": [],
        "total_jobs": CURVES,
        "flags": {},
    }
    (run / "batch_run_manifest.json").write_text(json.dumps(manifest))
    return run


def _read_bare(database: Path, files: list[str]) -> None:
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            """
            create table equity as
            select ts, equity
            from read_csv(?, header = true, columns = {'ts': 'TIMESTAMP', 'equity': 'DOUBLE'})
            """,
            [files],
        )


def _check_same(home: Home, bare: Path) -> None:
    sums = []
    for path, table in ((home.working_file, "raw.equity"), (bare, "equity")):
        with duckdb.connect(str(path), read_only=True) as connection:
            query = f"select count(*), sum(equity), sum(epoch(ts)) from {table}"
            sums.append(connection.sql(query).fetchall()[0])
    if not np.allclose(sums[0], sums[1], rtol=1e-12, atol=0):
        raise SystemExit(f"bench: the two sides loaded different rows: {sums}")


def _seconds(call: Callable[[], object]) -> float:
    started_at = time.perf_counter()
    call()
    return time.perf_counter() - started_at
