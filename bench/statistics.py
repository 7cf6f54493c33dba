"""The tables of statistics, beside quantstats and empyrical curve by curve, and one sort."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from bench import growth
from curvehouse.analytics.curve_statistics import days_of, usual_figures
from curvehouse.analytics.groups import whole_parts
from curvehouse.analytics.segments import Segments
from curvehouse.database import open_working_file
from curvehouse.home import HOME_VARIABLE, Home

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import empyrical
    import quantstats

__all__ = ["measure"]

CURVES = 2_000
ROWS = 2_520
REPORTS = 40
ROUNDS = 3
PERIODS = 252

TABLES = ("+fct_backtest_metrics", "+fct_backtest_summary", "dim_metrics")
DAILY = "+fct_equity_daily"
# What is timed apart; views count, too.
BOOTSTRAP = (
    "int_bootstrap_versions",
    "int_returns_to_bootstrap",
    "int_bootstraps_fitted",
    "fct_backtest_uncertainty",
)
BENCHMARK = (
    "int_files_active",
    "int_bars_daily",
    "int_bar_versions",
    "int_benchmark_versions",
    "int_curves_to_compare",
    "int_days_to_compare",
    "int_benchmarks_measured",
    "int_benchmark_statistics",
)

Peer = Callable[[Any], Any]
FIFTEEN: dict[str, Peer] = {
    "total_return": empyrical.cum_returns_final,
    "annual_return": empyrical.annual_return,
    "annual_volatility": empyrical.annual_volatility,
    "sharpe_ratio": empyrical.sharpe_ratio,
    "sortino_ratio": empyrical.sortino_ratio,
    "calmar_ratio": empyrical.calmar_ratio,
    "max_drawdown": empyrical.max_drawdown,
    "downside_risk": empyrical.downside_risk,
    "omega_ratio": empyrical.omega_ratio,
    "tail_ratio": empyrical.tail_ratio,
    "value_at_risk": empyrical.value_at_risk,
    "conditional_value_at_risk": empyrical.conditional_value_at_risk,
    "stability_of_timeseries": empyrical.stability_of_timeseries,
    "skewness": lambda returns: pd.Series(returns).skew(),
    "kurtosis": lambda returns: pd.Series(returns).kurt(),
}


def measure() -> str:
    """Return what the tables take beside the libraries, after both gave the same numbers."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        growth._load(home, 1, CURVES)
        _run(home, "seed")
        _run(home, "run", "--select", DAILY)
        seconds = _run(home, "run", "--select", *TABLES, "--exclude", DAILY)
        _load_benchmark(home)
        beside = _run(home, "run", "--select", *BENCHMARK)
        with duckdb.connect(str(home.working_file)) as connection:
            returns = _returns(connection)
            _check_same(connection, returns)
            kernel = min(_kernel_seconds(connection) for _ in range(ROUNDS))
            sort = min(_sort_seconds(connection) for _ in range(ROUNDS))
    sample = list(returns.values())
    reports = _seconds(_report, sample[:REPORTS]) * CURVES / REPORTS
    arrays = [series.to_numpy() for series in sample]
    by_curve = min(_seconds(_fifteen, sample, time.process_time) for _ in range(ROUNDS))
    by_array = min(_seconds(_fifteen, arrays, time.process_time) for _ in range(ROUNDS))
    bootstrap = sum(seconds.pop(name) for name in BOOTSTRAP)
    tables = sum(seconds.values())
    size = f"{CURVES:,} curves of {ROWS:,} days"
    fifteen = f"empyrical curve by curve in {by_curve:.2f} s, {by_curve / kernel:.1f} times that"
    of_arrays = f"on bare arrays in {by_array:.2f} s, {by_array / kernel:.1f} times that"
    report = f"quantstats' full report in {reports:.0f} s (from {REPORTS} curves)"
    sorted_once = f"the same rows sorted once by DuckDB and written in {sort:.2f} s"
    lines = [
        f"all metrics of {size}, from daily returns to both tables, in {tables:.2f} s",
        f"{report}, {reports / tables:.0f} times that",
        f"the same fifteen, from memory, in {kernel:.2f} s of a processor; {fifteen}, {of_arrays}",
        f"{sorted_once}; all metrics take {tables / sort:.2f} times that",
        f"beside a benchmark, which quantstats was not given, in {sum(beside.values()):.2f} s more",
        f"the bootstrap, apart, in {bootstrap:.2f} s",
    ]
    return "\n".join(f"statistics: {line}" for line in lines)


def _load_benchmark(home: Home) -> None:
    """Load bars of the benchmark on all days of the curves."""
    with open_working_file(home) as connection:
        connection.execute(
            """
            insert into raw.files by name
            select
                1000000 as load_id, 'bars' as kind, '/made/bars' as file_path,
                'bars' as file_sha256, 'loaded' as status, 2520 as row_count,
                2520 as day_count, now() at time zone 'UTC' as loaded_at
            """
        )
        connection.execute(
            """
            insert into raw.bars by name
            select
                1000000 as load_id, 'SP500' as symbol,
                timestamp '2010-01-01' + interval (d) day as ts,
                1000 + hash(d) % 1000 as close
            from range(2520) t(d)
            """
        )


def _run(home: Home, *words: str) -> dict[str, float]:
    """Run dbt, one model at a time; return the seconds of each."""
    command = [Path(sys.executable).with_name("dbt"), *words, "--threads", "1"]
    command += ["--target-path", home.target, "--log-path", home.logs]
    done = subprocess.run(
        command,
        cwd=Path(__file__).parents[1],
        env={**os.environ, HOME_VARIABLE: str(home.root)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"bench: dbt failed: {done.stdout[-2000:]}")
    results = json.loads((home.target / "run_results.json").read_text())["results"]
    return {
        result["unique_id"].split(".")[2]: result["execution_time"]
        for result in results
        if result["unique_id"].startswith("model.")
    }


def _returns(connection: duckdb.DuckDBPyConnection) -> dict[str, pd.Series]:
    """Return each curve as the libraries take it."""
    rows = connection.sql(
        "select backtest_id, equity_date, simple_return from fct_equity_daily order by all"
    ).pl()
    return {
        str(key[0]): pd.Series(
            part["simple_return"].to_numpy(), pd.DatetimeIndex(part["equity_date"].to_list())
        )
        for key, part in rows.group_by("backtest_id", maintain_order=True)
    }


def _check_same(connection: duckdb.DuckDBPyConnection, returns: dict[str, pd.Series]) -> None:
    query = f"select backtest_id, {', '.join(FIFTEEN)} from fct_backtest_summary"
    for backtest, *ours in connection.execute(query).fetchall():
        if not np.allclose(ours, _fifteen(returns[backtest]), rtol=1e-9, atol=1e-12):
            raise SystemExit(f"bench: {backtest} has other statistics than empyrical's.")
    backtest, series = next(iter(returns.items()))
    report = _report(series)["Strategy"]
    rows = {"Sharpe": "sharpe_ratio", "Ulcer Index": "ulcer_index", "Worst Month": "worst_month"}
    for label, metric in rows.items():
        query = "select value from fct_backtest_metrics where backtest_id = ? and metric = ?"
        ((ours,),) = connection.execute(query, [backtest, metric]).fetchall()
        if abs(ours - float(report[label])) > 0.0051:
            raise SystemExit(f"bench: {backtest} has another {metric} than quantstats' report.")


def _report(returns: pd.Series) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return quantstats.reports.metrics(returns, mode="full", display=False)


def _fifteen(returns: Any) -> list[float]:
    return [float(statistic(returns)) for statistic in FIFTEEN.values()]


def _seconds(
    call: Callable[[Any], object],
    curves: Sequence[Any],
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    started_at = clock()
    for curve in curves:
        call(curve)
    return clock() - started_at


def _kernel_seconds(connection: duckdb.DuckDBPyConnection) -> float:
    """Return the processor seconds of our fifteen, from the days of all curves in memory."""
    days = connection.sql(
        """
        select
            dense_rank() over (order by backtest_id) as curve_number,
            equity_date, equity, simple_return, high_water_mark
        from fct_equity_daily order by curve_number, equity_date
        """
    ).to_arrow_table()
    reader = pa.RecordBatchReader.from_batches(days.schema, days.to_batches(100_000))
    started_at = time.process_time()
    count = 0
    for rows in whole_parts(reader, "curve_number", 100_000):
        places = rows.column("curve_number").to_numpy()
        curves = Segments.of_keys(places - places[0], int(places[-1] - places[0]) + 1)
        count += len(_formed(usual_figures(days_of(rows, curves), 1e-12)))
    if count != CURVES:
        raise SystemExit(f"bench: {count} curves were measured where there are {CURVES}.")
    return time.process_time() - started_at


def _formed(raw: dict[str, Any]) -> np.ndarray:
    """Return the fifteen of each curve, in the order of `FIFTEEN`, as the tables form them."""
    growth = raw["final_equity"] / raw["starting_equity"]
    annual = growth ** (PERIODS / raw["return_count"]) - 1
    downside = raw["downside_deviation"] * PERIODS**0.5
    return np.column_stack(
        [
            growth - 1,
            annual,
            raw["return_stddev"] * PERIODS**0.5,
            raw["mean_return"] / raw["return_stddev"] * PERIODS**0.5,
            raw["mean_return"] * PERIODS / downside,
            annual / -raw["max_drawdown"],
            raw["max_drawdown"],
            downside,
            raw["gain_sum"] / raw["loss_sum"],
            np.abs(raw["return_p95"]) / np.abs(raw["return_p05"]),
            raw["return_p05"],
            raw["worst_returns_mean"],
            raw["log_equity_r_squared"],
            raw["skewness"],
            raw["kurtosis"],
        ]
    )


def _sort_seconds(connection: duckdb.DuckDBPyConnection) -> float:
    started_at = time.perf_counter()
    connection.execute(
        """
        create or replace table sorted_once as
        select
            backtest_id, equity_date, simple_return,
            row_number() over (partition by backtest_id order by equity_date) as bar_number
        from fct_equity_daily
        """
    )
    seconds = time.perf_counter() - started_at
    connection.execute("drop table sorted_once")
    return seconds
