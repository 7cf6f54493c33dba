"""The same models on Spark and on DuckDB, on this machine: what the other engine costs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import duckdb

from bench.comparison import Call, Comparison, Outcome, Pair, Side, Work
from bench.made_rows import load_benchmark, load_curves, load_factors
from bench.process import run_command
from curvehouse.home import HOME_VARIABLE, Home
from curvehouse.spark.raw_files import export_raw_tables

__all__ = ["comparisons"]

# Two, so that what Spark takes at any size can be told from what it takes for each curve.
SIZES, QUICK_SIZES, ROWS = (100, 600), (4,), 2_520
CORES = os.cpu_count() or 1
# Seeds and models: a test is a job of its own on Spark, whatever the rows.
MODELS = ("build", "--exclude-resource-types", "test", "unit_test")
_SUMS = {
    "fct_equity_daily": "equity",
    "fct_rolling_daily": "volatility_252d",
    "fct_backtest_metrics": "value",
    "fct_factor_exposures": "beta",
    "fct_backtest_regimes": "volatility_14d",
}


def comparisons(folder: Path, *, quick: bool) -> Iterator[Comparison]:
    """Yield all models of some sizes, by both engines."""
    for curves in QUICK_SIZES if quick else SIZES:
        loaded = Home(folder / f"loaded_{curves}")
        load_factors(loaded, ROWS)
        load_curves(loaded, curves, ROWS)
        load_benchmark(loaded, ROWS)
        exported = folder / f"exported_{curves}"
        export_raw_tables(loaded, exported)
        yield Comparison(
            f"{curves:,} curves",
            f"all models of {curves:,} curves of {ROWS:,} days, on {CORES} cores",
            Side("Spark", Call(build_on_spark, (str(exported),))),
            Side("DuckDB", Call(build_on_duckdb, (str(loaded.root), str(folder / "home")))),
            f"rows and sums of {len(_SUMS)} marts",
            _pairs,
            is_floor=True,
            daily_rows=curves * ROWS,
        )


def build_on_spark(exported: str) -> Work:
    """Build what was exported with a session on this machine."""
    folder = Path(exported)

    def work() -> Outcome:
        place = {"CURVEHOUSE_SPARK_DIR": exported, "SPARK_MASTER": f"local[{CORES}]"}
        artefacts = ("--target-path", folder / "target", "--log-path", folder / "logs")
        run_command("dbt", *MODELS, "--target", "spark", *artefacts, environment=place)
        return Outcome(partial(_sums_of_files, folder))

    return work


def build_on_duckdb(loaded: str, root: str) -> Work:
    """Build a copy of the home."""
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(loaded, root)
    home = Home(Path(root))

    def work() -> Outcome:
        artefacts = ("--target-path", home.target, "--log-path", home.logs)
        run_command("dbt", *MODELS, *artefacts, environment={HOME_VARIABLE: root})
        return Outcome(partial(_sums_of_tables, home))

    return work


def _pairs(ours: dict[str, list[float]], theirs: dict[str, list[float]]) -> Iterator[Pair]:
    for mart, sums in ours.items():
        yield Pair(f"rows and sum of {mart}", sums, theirs[mart])


def _sums_of_files(folder: Path) -> dict[str, list[float]]:
    with duckdb.connect() as connection:
        return {
            mart: _sum(connection, f"'{folder}/builds/*/main/{mart}/*.parquet'", column)
            for mart, column in _SUMS.items()
        }


def _sums_of_tables(home: Home) -> dict[str, list[float]]:
    with duckdb.connect(str(home.working_file), read_only=True) as connection:
        return {mart: _sum(connection, mart, column) for mart, column in _SUMS.items()}


def _sum(connection: duckdb.DuckDBPyConnection, source: str, column: str) -> list[float]:
    query = f"select count(*), fsum({column}) from {source}"
    return [float(value) for value in connection.execute(query).fetchall()[0]]
