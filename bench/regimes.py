"""Labelling curves by regime, beside sorting the same rows in a window and writing them."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path

import duckdb

from bench import growth, statistics
from bench.process import run_measured
from curvehouse.home import Home

__all__ = ["measure"]

CURVES = 2_000
ROWS = 2_520
ROUNDS = 3
MODELS = ("int_backtest_regimes_labelled", "fct_backtest_regimes")
OTHERS = (
    "fct_regime_episodes",
    "fct_regime_transitions",
    "int_regime_performance_measured",
    "fct_regime_performance",
)

# What it takes at the least to put rows in order by curve and day, and to write them.
_FLOOR = """
    create or replace table floor.sorted as
    select *, row_number() over (partition by backtest_id order by equity_date) as bar_number
    from {rows}
"""
_INPUT = """
    (select backtest_id, equity_date, volatility_14d, trend_strength_20d from w.fct_rolling_daily)
"""


def measure() -> str:
    """Return what the labels of all curves took, as multiples of the floor."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        growth._load(home, 1, CURVES)
        statistics._load_benchmark(home)
        peak = run_measured("curvehouse", "build", "--no-publish", "--home", str(home.root))
        results = json.loads((home.target / "run_results.json").read_text())["results"]
        seconds = {each["unique_id"].split(".")[2]: each["execution_time"] for each in results}
        labelling = sum(seconds[model] for model in MODELS)
        others = ", ".join(f"{model} {seconds[model]:.1f} s" for model in OTHERS)
        narrow = _floor(home, Path(folder), _INPUT)
        whole = _floor(home, Path(folder), "w.fct_backtest_regimes")
    return (
        f"regimes: {CURVES:,} curves of {ROWS:,} days labelled in {labelling:.1f} s, "
        f"{labelling / whole:.1f} times sorting the same rows in a window and writing them "
        f"({whole:.1f} s), {labelling / narrow:.1f} times that of the rows that come in "
        f"({narrow:.1f} s)\n"
        f"regimes: {others}; peak of the build {peak / 1e9:.1f} GB"
    )


def _floor(home: Home, folder: Path, rows: str) -> float:
    found = []
    for number in range(ROUNDS):
        with duckdb.connect(config={"threads": 2}) as connection:
            connection.execute(f"attach '{home.working_file}' as w (read_only)")
            connection.execute(f"attach '{folder / f'floor_{number}.duckdb'}' as floor")
            started_at = time.perf_counter()
            connection.execute(_FLOOR.format(rows=rows))
            connection.execute("checkpoint floor")
            found.append(time.perf_counter() - started_at)
    return min(found)
