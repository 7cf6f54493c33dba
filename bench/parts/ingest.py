"""Loading curves, beside DuckDB's own reading of the same files into a bare table."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from bench.comparison import BenchError, Call, Comparison, Outcome, Pair, Side, Target, Work
from curvehouse.home import Home
from curvehouse.identity import param_hash
from curvehouse.ingest import ingest_runs

__all__ = ["comparisons"]

CURVES, QUICK_CURVES = 10_000, 100
ROWS = 2_520
_BYTES = "working file bytes"


def comparisons(folder: Path, *, quick: bool) -> Iterator[Comparison]:
    """Yield the first load beside bare reading, and the second beside the first."""
    curves = QUICK_CURVES if quick else CURVES
    run = str(_write_run(folder, curves))
    home = str(folder / "home")
    first = Call(ingest_anew, (home, run, curves + 2))
    yield Comparison(
        "first load",
        f"{curves:,} curves of {ROWS:,} rows, a CSV file each: hashed, checked and loaded",
        Side("curvehouse ingest", first),
        Side("DuckDB read_csv with types given", Call(read_bare, (str(folder), run))),
        "rows, their equity and their times, summed",
        _pairs,
        is_floor=True,
        target=Target(at_most=1.5, peak_bytes=2e9),
        daily_rows=curves * ROWS,
    )
    yield Comparison(
        "second load",
        "the same files again, none of them changed",
        Side("curvehouse ingest", Call(ingest_again, (home, run))),
        Side("the first load", first),
        "rows, their equity and their times, summed",
        _pairs,
        is_floor=True,
        target=Target(at_most=0.1),
    )


def ingest_anew(home: str, run: str, wanted: int) -> Work:
    """Load a run into an empty home, which stays."""
    shutil.rmtree(home, ignore_errors=True)
    return partial(_ingest, Home(Path(home)), Path(run), wanted)


def ingest_again(home: str, run: str) -> Work:
    """Load a run that is loaded."""
    return partial(_ingest, Home(Path(home)), Path(run), 0)


def read_bare(folder: str, run: str) -> Work:
    """Read the curves of a run into a table."""
    database = Path(folder) / "bare.duckdb"
    database.unlink(missing_ok=True)
    files = sorted(str(path) for path in Path(run).glob("*/*_equity.csv"))

    def work() -> Outcome:
        with duckdb.connect(str(database)) as connection:
            connection.execute(
                """
                create table equity as
                select ts, equity
                from read_csv(?, header = true, columns = {'ts': 'TIMESTAMP', 'equity': 'DOUBLE'})
                """,
                [files],
            )
        return Outcome(partial(_sums, database, "equity"))

    return work


def _ingest(home: Home, run: Path, wanted: int) -> Outcome:
    loaded = ingest_runs(home, [run]).loaded
    if loaded != wanted:
        raise BenchError(f"{loaded} files were loaded where {wanted} should have been")
    size = home.working_file.stat().st_size
    return Outcome(partial(_sums, home.working_file, "raw.equity"), also={_BYTES: size})


def _sums(database: Path, table: str) -> list[float]:
    with duckdb.connect(str(database), read_only=True) as connection:
        query = f"select count(*), sum(equity), sum(epoch(ts)) from {table}"
        return list(map(float, connection.sql(query).fetchall()[0]))


def _pairs(ours: list[float], theirs: list[float]) -> Iterator[Pair]:
    yield Pair("rows, sum of equity, sum of times", ours, theirs, relative=1e-12)


def _write_run(folder: Path, curves: int) -> Path:
    run = folder / "bench"
    (run / "made").mkdir(parents=True)
    draw = np.random.default_rng(1)
    days = pl.date_range(pl.date(2000, 1, 1), pl.date(2006, 11, 24), eager=True)[:ROWS]
    lines = []
    for number in range(curves):
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
        "param_grid": {"number": list(range(curves))},
        "seeds": [],
        "total_jobs": curves,
        "flags": {},
    }
    (run / "batch_run_manifest.json").write_text(json.dumps(manifest))
    return run
