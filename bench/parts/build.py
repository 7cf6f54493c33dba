"""A whole build and its publication, beside one sort and write of the daily rows."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import duckdb

from bench import floor
from bench.comparison import Call, Comparison, Outcome, Pair, Side, Work
from bench.made_rows import load_benchmark, load_curves, load_factors
from bench.process import run_command
from bench.warehouse import topic_seconds
from curvehouse.home import Home

__all__ = ["comparisons"]

CURVES, QUICK_CURVES, ROWS = 2_000, 20, 2_520


def comparisons(folder: Path, *, quick: bool) -> Iterator[Comparison]:
    """Yield one build of all tables."""
    curves = QUICK_CURVES if quick else CURVES
    loaded = Home(folder / "loaded")
    load_factors(loaded, ROWS)
    load_curves(loaded, curves, ROWS)
    load_benchmark(loaded, ROWS)
    yield Comparison(
        "all tables",
        f"{curves:,} curves of {ROWS:,} days, bars and factors built, tested and published",
        Side("curvehouse build", Call(build, (str(loaded.root), str(folder / "home")))),
        Side("DuckDB, one sort and write", Call(sort_and_write, (str(loaded.root),))),
        "daily rows and their equity, summed",
        _pairs,
        is_floor=True,
        daily_rows=curves * ROWS,
    )


def build(loaded: str, root: str) -> Work:
    """Build a copy of a home that is loaded, and publish it."""
    home = Home(Path(root))
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(loaded, root)

    def work() -> Outcome:
        started_at = time.perf_counter()
        run_command("curvehouse", "build", "--no-publish", "--home", root)
        built_at = time.perf_counter()
        run_command("curvehouse", "publish", "--home", root)
        also = topic_seconds(home)
        also["publishing"] = time.perf_counter() - built_at
        also["building"] = built_at - started_at
        also["working file bytes"] = home.working_file.stat().st_size
        also["published file bytes"] = home.published_file.stat().st_size
        return Outcome(partial(_sums, str(home.published_file), "fct_equity_daily"), also=also)

    return work


def sort_and_write(loaded: str) -> Work:
    """Sort and write the raw daily rows."""
    return floor.sort_and_write(
        str(Home(Path(loaded)).working_file),
        "source.raw.equity",
        "load_id",
        "ts",
        summary=lambda connection: _sums_of(connection, "floor.sorted"),
    )


def _pairs(ours: list[float], theirs: list[float]) -> Iterator[Pair]:
    yield Pair("rows, sum of equity", ours, theirs)


def _sums(file: str, table: str) -> list[float]:
    with duckdb.connect(file, read_only=True) as connection:
        return _sums_of(connection, table)


def _sums_of(connection: duckdb.DuckDBPyConnection, table: str) -> list[float]:
    rows = connection.execute(f"select count(*), sum(equity) from {table}").fetchall()
    return [float(value) for value in rows[0]]
