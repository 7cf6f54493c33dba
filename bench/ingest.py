"""Loading curves, beside DuckDB's own reading of the same files into a bare table."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import duckdb
import numpy as np
import polars as pl

from bench.process import Usage, call_measured
from curvehouse.home import Home
from curvehouse.identity import param_hash
from curvehouse.ingest import ingest_runs

__all__ = ["measure"]

CURVES = 10_000
ROWS = 2_520
ROUNDS = 3


def measure() -> str:
    """Return what loading took beside the bare reading, and what it took a second time."""
    with tempfile.TemporaryDirectory() as folder:
        run = _write_run(Path(folder))
        files = sorted(str(path) for path in run.glob("*/*_equity.csv"))
        bare, first, again = [], [], []
        for number in range(ROUNDS):
            home, database = Path(folder) / f"home_{number}", Path(folder) / f"{number}.duckdb"
            bare.append(call_measured(_read_bare, str(database), files))
            first.append(call_measured(_ingest, str(home), str(run), CURVES + 2))
            again.append(call_measured(_ingest, str(home), str(run), 0))
            _check_same(Home(home), database)
            shutil.rmtree(home)
            database.unlink()
    return "\n".join(
        [
            f"ingest: {CURVES:,} curves of {ROWS:,} rows in {_shown(first)}",
            f"ingest: bare read_csv in {_shown(bare)}, ratio {_ratio(first, bare)}",
            f"ingest: again, unchanged, in {_shown(again)}, ratio {_ratio(again, first)}",
        ]
    )


def _shown(usages: Sequence[Usage]) -> str:
    seconds = sorted(usage.seconds for usage in usages)
    peak = max(usage.peak_bytes for usage in usages)
    return (
        f"{median(seconds):.2f} s (from {seconds[0]:.2f} to {seconds[-1]:.2f} s, "
        f"peak {peak / 1e9:.2f} GB)"
    )


def _ratio(some: Sequence[Usage], others: Sequence[Usage]) -> str:
    """Return the median ratio of runs that stood side by side, of both clocks."""
    pairs = list(zip(some, others, strict=True))
    seconds = median(one.seconds / other.seconds for one, other in pairs)
    processor = median(one.processor_seconds / other.processor_seconds for one, other in pairs)
    return f"{seconds:.3f} ({processor:.3f} in processor time)"


def _ingest(home: str, run: str, wanted: int) -> None:
    loaded = ingest_runs(Home(Path(home)), [Path(run)]).loaded
    if loaded != wanted:
        raise SystemExit(f"bench: {loaded} files were loaded where {wanted} should have been.")


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


def _read_bare(database: str, files: list[str]) -> None:
    with duckdb.connect(database) as connection:
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
