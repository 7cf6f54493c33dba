"""The tables of statistics, beside quantstats and empyrical curve by curve, and one sort."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bench import floor
from bench.comparison import BenchError, Call, Comparison, Outcome, Pair, Side, Target, Work
from bench.made_rows import load_curves
from bench.warehouse import run_dbt
from curvehouse.analytics.curve_statistics import days_of, usual_figures
from curvehouse.analytics.groups import whole_parts
from curvehouse.analytics.segments import Segments
from curvehouse.home import Home

__all__ = ["comparisons"]

CURVES, REPORTS = 2_000, 40
QUICK_CURVES, QUICK_REPORTS = 50, 2
ROWS, PERIODS = 2_520, 252

DAILY = "+fct_equity_daily"
TABLES = ("+fct_backtest_metrics", "+fct_backtest_summary", "dim_metrics")
# What is timed apart, since the peers have nothing like it; views count, too.
BOOTSTRAP = (
    "int_bootstrap_versions",
    "int_returns_to_bootstrap",
    "int_bootstraps_fitted",
    "fct_backtest_uncertainty",
)
# By row of quantstats' report, which has two decimals, our metric.
REPORTED = {
    "Cumulative Return": "total_return",
    "Sharpe": "sharpe_ratio",
    "Smart Sharpe": "smart_sharpe_ratio",
    "Sortino": "sortino_ratio",
    "Omega": "omega_ratio",
    "Max Drawdown": "max_drawdown",
    "Volatility (ann.)": "annual_volatility",
    "Calmar": "calmar_ratio",
    "Skew": "skewness",
    "Kurtosis": "kurtosis",
    "Gain/Pain (1M)": "gain_to_pain_ratio_monthly",
    "Profit Factor": "profit_factor",
    "Tail Ratio": "tail_ratio",
    "Max Consecutive Losses": "consecutive_losses",
    "Best Month": "best_month",
    "Worst Year": "worst_year",
    "Ulcer Index": "ulcer_index",
    "Serenity Index": "serenity_index",
    "Win Quarter": "win_rate_quarterly",
}

Floats = NDArray[np.float64]


def comparisons(folder: Path, *, quick: bool) -> Iterator[Comparison]:
    """Yield both tables beside a report and a sort, and fifteen statistics from memory."""
    curves, reports = (QUICK_CURVES, QUICK_REPORTS) if quick else (CURVES, REPORTS)
    home = Home(folder / "home")
    load_curves(home, curves, ROWS)
    run_dbt(home, "seed")
    run_dbt(home, "run", "--select", *TABLES)
    root, size = str(home.root), f"{curves:,} curves of {ROWS:,} days"
    tables = Side("curvehouse", Call(build_tables, (root, reports)), curves)
    yield Comparison(
        "all metrics",
        f"{size}, from daily returns to fct_backtest_metrics and fct_backtest_summary",
        tables,
        Side("quantstats, full report", Call(report, (root, reports)), reports),
        f"{len(REPORTED)} rows of the reports, as far as they are printed",
        _pairs_of_reports,
        unit="curves",
        target=Target(at_least=100),
    )
    yield Comparison(
        "fifteen statistics",
        f"{size}, the same fifteen from returns in memory, on one thread",
        Side("curvehouse", Call(measure_fifteen, (root,), warm_ups=1, repeats=3)),
        Side("empyrical, curve by curve on arrays", Call(call_empyrical, (root,), warm_ups=1)),
        "all fifteen of all curves",
        _pairs_of_fifteen,
        target=Target(at_least=5),
    )
    yield Comparison(
        "all metrics over the floor",
        f"{size}, from daily returns to both tables",
        Side("curvehouse", Call(build_tables, (root, 0))),
        Side("DuckDB, one sort and write", Call(sort_and_write, (root,))),
        "days by curve",
        _pairs_of_counts,
        is_floor=True,
    )


def build_tables(root: str, reports: int) -> Work:
    """Build both tables anew, and what they stand on but the daily rows."""
    home = Home(Path(root))

    def work() -> Outcome:
        words = ["run", "--full-refresh", "--select", *TABLES, "--exclude", DAILY]
        seconds = run_dbt(home, *words)
        bootstrap = sum(seconds.pop(name, 0.0) for name in BOOTSTRAP)
        result = partial(_metrics, home, reports) if reports else partial(_counts, home)
        return Outcome(result, sum(seconds.values()), {"the bootstrap, apart,": bootstrap})

    return work


def report(root: str, count: int) -> Work:
    """Print quantstats' full report of some curves to nowhere."""
    import quantstats

    curves = list(_returns(root).values())[:count]

    def work() -> Outcome:
        found = [
            quantstats.reports.metrics(curve, mode="full", display=False)["Strategy"]
            for curve in curves
        ]
        return Outcome(lambda: [[float(each[label]) for label in REPORTED] for each in found])

    return work


def measure_fifteen(root: str) -> Work:
    """Measure all curves from a table in memory."""
    with duckdb.connect(str(Home(Path(root)).working_file), read_only=True) as connection:
        days = connection.sql(
            """
            select
                dense_rank() over (order by backtest_id) as curve_number,
                equity_date, equity, simple_return, high_water_mark
            from fct_equity_daily order by curve_number, equity_date
            """
        ).to_arrow_table()

    def work() -> Outcome:
        found = []
        reader = pa.RecordBatchReader.from_batches(days.schema, days.to_batches(100_000))
        for rows in whole_parts(reader, "curve_number", 100_000):
            places = rows.column("curve_number").to_numpy()
            curves = Segments.of_keys(places - places[0], int(places[-1] - places[0]) + 1)
            found.append(_formed(usual_figures(days_of(rows, curves), 1e-12)))
        return Outcome(lambda: np.concatenate(found))

    return work


def call_empyrical(root: str) -> Work:
    """Call empyrical's functions on the returns of each curve."""
    import empyrical
    import pandas as pd

    calls = (
        empyrical.cum_returns_final,
        empyrical.annual_return,
        empyrical.annual_volatility,
        empyrical.sharpe_ratio,
        empyrical.sortino_ratio,
        empyrical.calmar_ratio,
        empyrical.max_drawdown,
        empyrical.downside_risk,
        empyrical.omega_ratio,
        empyrical.tail_ratio,
        empyrical.value_at_risk,
        empyrical.conditional_value_at_risk,
        empyrical.stability_of_timeseries,
        lambda returns: pd.Series(returns).skew(),
        lambda returns: pd.Series(returns).kurt(),
    )
    curves = [series.to_numpy() for series in _returns(root).values()]

    def work() -> Outcome:
        found = [[float(call(returns)) for call in calls] for returns in curves]
        return Outcome(lambda: np.array(found))

    return work


def sort_and_write(root: str) -> Work:
    """Sort and write the daily rows."""
    return floor.sort_and_write(
        str(Home(Path(root)).working_file),
        "(select backtest_id, equity_date, simple_return from source.fct_equity_daily)",
        "backtest_id",
        "equity_date",
        summary=lambda connection: connection.execute(
            "select count(*) from floor.sorted group by backtest_id order by backtest_id"
        ).fetchall(),
    )


def _pairs_of_reports(ours: list[list[float]], theirs: list[list[float]]) -> Iterator[Pair]:
    for number, label in enumerate(REPORTED):
        yield Pair(
            label,
            [row[number] for row in ours],
            [row[number] for row in theirs],
            relative=0.0,
            absolute=0.0051,
        )


def _pairs_of_fifteen(ours: Floats, theirs: Floats) -> Iterator[Pair]:
    yield Pair("statistics by curve", ours, theirs, absolute=1e-12)


def _pairs_of_counts(ours: list[Any], theirs: list[Any]) -> Iterator[Pair]:
    yield Pair("days by curve", ours, theirs)


def _metrics(home: Home, count: int) -> list[list[float]]:
    """Return the reported metrics of the first curves."""
    names = list(REPORTED.values())
    with duckdb.connect(str(home.working_file), read_only=True) as connection:
        rows = connection.execute(
            "select backtest_id, metric, value from fct_backtest_metrics where metric in "
            f"({', '.join('?' * len(names))}) order by backtest_id",
            names,
        ).fetchall()
    by_curve: dict[str, dict[str, float]] = {}
    for backtest_id, metric, value in rows:
        by_curve.setdefault(backtest_id, {})[metric] = value
    return [[found[name] for name in names] for found in list(by_curve.values())[:count]]


def _counts(home: Home) -> list[Any]:
    """Return the days of each curve, as the table has them."""
    with duckdb.connect(str(home.working_file), read_only=True) as connection:
        return connection.execute(
            "select day_count from fct_backtest_summary order by backtest_id"
        ).fetchall()


def _returns(root: str) -> dict[str, Any]:
    """Return each curve as the libraries take it."""
    import pandas as pd

    with duckdb.connect(str(Home(Path(root)).working_file), read_only=True) as connection:
        rows = connection.sql(
            "select backtest_id, equity_date, simple_return from fct_equity_daily order by all"
        ).pl()
    found = {
        str(key[0]): pd.Series(
            part["simple_return"].to_numpy(), pd.DatetimeIndex(part["equity_date"].to_list())
        )
        for key, part in rows.group_by("backtest_id", maintain_order=True)
    }
    if not found:
        raise BenchError("there are no curves to measure")
    return found


def _formed(raw: dict[str, Any]) -> Floats:
    """Return the fifteen of each curve, in empyrical's order, as the tables form them."""
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
