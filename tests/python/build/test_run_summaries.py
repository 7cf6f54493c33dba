"""Tables on whole sweeps, against plain loops over the curves that the sweeps wrote."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.stats import norm

from conftest import PROJECT_DIR, run_dbt
from curvehouse.home import Home
from curvehouse.ingest import ingest_bars, ingest_factors, ingest_runs
from curvehouse.sweep import SweepSpec, run_sweep
from curvehouse.sweep.engine import Execution, simulate
from curvehouse.sweep.signals import ma_crossover
from raw_rows import rows_of
from run_folder import PlannedJob, RunFolder, curve_csv
from sweep_runs import made_bars

SHORTS, LONGS, SEEDS = [2, 4, 8, 16], [6, 12, 24, 48], [1, 2, 3]
CLOSES = PROJECT_DIR / "python" / "curvehouse" / "demo" / "data" / "closes.csv.gz"
Point = Mapping[str, Any]


def bars(folder: Path) -> Path:
    days = np.datetime64("2020-01-01") + np.arange(500)
    walks = 50 * np.exp(np.random.default_rng(4).normal(0.0003, 0.02, (2, 500)).cumsum(axis=1))
    frame = pl.DataFrame({"Date": days, "AAA": walks[0], "BBB": walks[1]})
    frame.write_csv(folder / "bars.csv")
    moves = pl.DataFrame({"date": days[1:], "market": walks[0, 1:] / walks[0, :-1] - 1})
    moves.write_csv(folder / "factors.csv")
    return folder / "bars.csv"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sweep that ran, one on resampled histories, and one that lost its jobs."""
    folder = tmp_path_factory.mktemp("summaries")
    spec = {
        "run_id": "swept",
        "strategies": ["ma_crossover", "random_flip", "buy_and_hold"],
        "symbols": ["AAA", "BBB"],
        "param_grid": {"ma_short": SHORTS, "ma_long": LONGS, "flip_probability": [0.1, 0.2]},
        "seeds": SEEDS,
        "fee_bps": 5,
    }
    run_sweep(SweepSpec.model_validate(spec), bars(folder), folder)
    drawn = spec | {"run_id": "drawn", "resample": "stationary_bootstrap"}
    run_sweep(SweepSpec.model_validate(drawn), bars(folder), folder)
    lost = RunFolder(folder / "lost", "lost", manifest={"total_jobs": 7})
    lost.land(curve_csv([100.0 + number % 7 for number in range(90)]), n=1)
    lost.plan(n=2)
    for status in ("crashed", "timed_out", "non_finite_equity"):
        lost.add(PlannedJob({"n": status}, status=status))
    refused = lost.plan(n=6)
    lost.file(refused).write_text("ts,equity\n2020-01-01,x\n")
    with (lost.path / "jobs.jsonl").open("a") as file:
        file.write("a line that tells of a job and can't be read\n")
    for run_id in ("grid", "shuffled"):
        write_grid(folder / run_id, is_shuffled=run_id == "shuffled")
    return folder


def write_grid(folder: Path, *, is_shuffled: bool) -> None:
    """Write what 20 by 50 moving averages came to on the S&P 500, each as a curve of two days."""
    closes = pl.read_csv(gzip.decompress(CLOSES.read_bytes()))["SP500"].to_numpy()
    grid = [
        {"ma_short": short, "ma_long": long}
        for short in range(2, 42, 2)
        for long in range(50, 300, 5)
    ]
    positions = ma_crossover(made_bars(closes), grid, [None] * len(grid))
    last = simulate(positions, closes, Execution(fee_bps=2)).equity[:, -1]
    if is_shuffled:
        last = np.random.default_rng(1).permuted(last)
    jobs = [PlannedJob(params, symbol="SP500") for params in grid]
    run = RunFolder(folder, folder.name, jobs=jobs)
    for job, equity in zip(jobs, last.tolist(), strict=True):
        run.file(job).write_text(f"ts,equity\n2014-01-01,100000\n2022-12-28,{equity!r}\n")


@pytest.fixture(scope="module")
def built(results: Path) -> Home:
    home = Home(results / "home")
    ingest_bars(home, results / "bars.csv")
    ingest_factors(home, results / "factors.csv")
    for run_id in ("swept", "drawn", "lost", "grid", "shuffled"):
        ingest_runs(home, [results / run_id])
    run_dbt(home, "build", "--exclude-resource-type", "unit_test")
    return home


def table(home: Home, sql: str) -> list[dict[str, Any]]:
    columns = [name for name, *_ in rows_of(home, f"describe {sql}")]
    return [dict(zip(columns, row, strict=True)) for row in rows_of(home, sql)]


def jobs(results: Path, run_id: str, strategy: str, symbol: str) -> list[dict[str, Any]]:
    lines = (results / run_id / "jobs.jsonl").read_text().splitlines()
    found = [json.loads(line) for line in lines]
    return [job for job in found if (job["strategy"], job["symbol"]) == (strategy, symbol)]


def curve(results: Path, run_id: str, job: Mapping[str, Any]) -> pl.DataFrame:
    file = results / run_id / job["strategy"] / f"{job['param_hash']}_equity.csv"
    return pl.read_csv(file, try_parse_dates=True)


def points(results: Path, run_id: str, strategy: str, symbol: str) -> list[tuple[Point, float]]:
    """Return each grid point with the median over its seeds of growth a year."""
    by_params: dict[str, list[float]] = {}
    for job in jobs(results, run_id, strategy, symbol):
        rows = curve(results, run_id, job)
        span = (rows["ts"][-1] - rows["ts"][0]).days
        growth = (rows["equity"][-1] / 100_000) ** (365.25 / span) - 1
        by_params.setdefault(json.dumps(job["params"]), []).append(growth)
    return [(json.loads(key), float(np.median(values))) for key, values in by_params.items()]


def gearys_c(found: list[tuple[Point, float]], steps: Mapping[str, list[int]]) -> float:
    """Return Geary's C as its definition has it: over all pairs, with weights of 0 and 1."""
    values = [value for _, value in found]
    mean = sum(values) / len(values)
    weighted, weights = 0.0, 0
    for left, left_value in found:
        for right, right_value in found:
            apart = [abs(steps[k].index(left[k]) - steps[k].index(right[k])) for k in steps]
            if sorted(apart) == [*[0] * (len(apart) - 1), 1]:
                weighted += (left_value - right_value) ** 2
                weights += 1
    spread = sum((value - mean) ** 2 for value in values)
    return (len(values) - 1) * weighted / (2 * weights * spread)


@pytest.mark.parametrize("run_id", ["swept", "drawn"])
@pytest.mark.parametrize("symbol", ["AAA", "BBB"])
def test_a_strategy_is_summed_up_as_a_plain_loop_does(
    built: Home, results: Path, run_id: str, symbol: str
) -> None:
    where = f"where run_id = '{run_id}' and strategy = 'ma_crossover' and symbol = '{symbol}'"
    (row,) = table(built, f"from main.fct_run_strategy_summary {where}")
    found = points(results, run_id, "ma_crossover", symbol)
    values = [value for _, value in found]
    steps = {"ma_short": SHORTS, "ma_long": LONGS}
    assert row["param_sensitivity_score"] == pytest.approx(gearys_c(found, steps), rel=1e-9)
    assert row["robust_cagr_median"] == pytest.approx(np.median(values), rel=1e-9)
    low, high = np.quantile(values, [0.05, 0.95])
    assert row["robust_cagr_p05"] == pytest.approx(low, rel=1e-9)
    assert row["cagr_spread"] == pytest.approx(high - low, rel=1e-9)
    assert row["grid_point_count"] == len(found) == 13
    # Seeds multiply a moving average only where they draw its history.
    assert row["planned_count"] == row["ok_count"] == 13 * (len(SEEDS) if run_id == "drawn" else 1)
    pairs = [
        (left_value - right_value) ** 2
        for (left, left_value), (right, right_value) in combinations(found, 2)
        if sorted(abs(steps[k].index(left[k]) - steps[k].index(right[k])) for k in steps) == [0, 1]
    ]
    assert row["neighbour_pair_count"] == len(pairs)
    assert row["cagr_neighbour_rms"] == pytest.approx(np.mean(pairs) ** 0.5, rel=1e-9)


def test_seeds_are_reduced_before_quantiles_are_taken(built: Home, results: Path) -> None:
    where = "where run_id = 'swept' and strategy = 'random_flip' and symbol = 'AAA'"
    (row,) = table(built, f"from main.fct_run_strategy_summary {where}")
    values = [value for _, value in points(results, "swept", "random_flip", "AAA")]
    assert (row["planned_count"], row["grid_point_count"]) == (6, 2)
    assert row["robust_cagr_p95"] == pytest.approx(np.quantile(values, 0.95), rel=1e-9)
    # Two points are too few for a sensitivity, though they are neighbours.
    assert (row["param_sensitivity_score"], row["neighbour_pair_count"]) == (None, 1)


def test_a_run_pools_all_of_its_grid_points(built: Home, results: Path) -> None:
    (row,) = table(built, "from main.fct_run_summary where run_id = 'swept'")
    values = [
        value
        for strategy in ("ma_crossover", "random_flip", "buy_and_hold")
        for symbol in ("AAA", "BBB")
        for _, value in points(results, "swept", strategy, symbol)
    ]
    assert row["robust_cagr_median"] == pytest.approx(np.median(values), rel=1e-9)
    assert (row["planned_count"], row["failure_rate"]) == (40, 0)
    scores = rows_of(
        built,
        "select param_sensitivity_score from main.fct_run_strategy_summary "
        "where run_id = 'swept' and param_sensitivity_score is not null",
    )
    assert row["param_sensitivity_score"] == pytest.approx(np.mean(scores), rel=1e-12)


def test_what_failed_or_never_came_is_counted(built: Home) -> None:
    (row,) = table(built, "from main.fct_run_summary where run_id = 'lost'")
    counts = {name: value for name, value in row.items() if name.endswith("_count") and value}
    assert counts == {
        "planned_count": 7,
        "ok_count": 1,
        "crashed_count": 1,
        "timed_out_count": 1,
        "non_finite_equity_count": 1,
        "quarantined_count": 1,
        # One that is listed, and one that only the manifest's number tells of.
        "missing_count": 2,
        "grid_point_count": 6,
        "measured_point_count": 1,
    }
    assert row["failure_rate"] == pytest.approx(6 / 7)


def test_a_parameter_is_judged_as_a_plain_loop_does(built: Home, results: Path) -> None:
    found = points(results, "swept", "ma_crossover", "BBB")
    where = "where run_id = 'swept' and strategy = 'ma_crossover' and symbol = 'BBB'"
    rows = table(built, f"from main.fct_parameter_sensitivity {where} order by param_name")
    best, _ = max(found, key=lambda point: point[1])
    for row, (name, values, other) in zip(
        rows, [("ma_long", LONGS, "ma_short"), ("ma_short", SHORTS, "ma_long")], strict=True
    ):
        slices: dict[int, list[float]] = {}
        for params, value in found:
            slices.setdefault(params[other], []).append(value)
        ranges = [max(group) - min(group) for group in slices.values() if len(group) > 1]
        assert row["cagr_range_mean"] == pytest.approx(np.mean(ranges), rel=1e-9)
        assert row["cagr_range_max"] == pytest.approx(max(ranges), rel=1e-9)
        assert (row["slice_count"], row["value_count"]) == (len(ranges), 4)
        assert row["best_value"] == str(best[name])
        assert row["is_best_at_grid_edge"] == (best[name] in (values[0], values[-1]))


def test_each_backtest_has_its_probabilistic_sharpe_ratio(built: Home) -> None:
    rows = table(built, "from main.fct_backtest_summary where run_id = 'swept'")
    assert len(rows) == 40
    for row in rows:
        sharpe = row["sharpe_ratio"] / row["periods_per_year"] ** 0.5
        scatter = 1 - row["skewness"] * sharpe + (row["kurtosis"] + 2) / 4 * sharpe**2
        expected = norm.cdf(sharpe * ((row["day_count"] - 1) / scatter) ** 0.5)
        assert row["probabilistic_sharpe_ratio"] == pytest.approx(expected, rel=1e-9)
        if sharpe > 0:
            bars = 1 + scatter * (norm.ppf(0.95) / sharpe) ** 2
            assert row["min_track_record_bars"] == pytest.approx(bars, rel=1e-9)
        else:
            assert row["min_track_record_bars"] is None


def test_neighbours_agree_on_real_prices_and_not_when_shuffled(built: Home) -> None:
    scores = dict(
        rows_of(
            built,
            "select run_id, param_sensitivity_score from main.fct_run_summary "
            "where run_id in ('grid', 'shuffled')",
        )
    )
    assert scores["grid"] < 0.25
    assert scores["shuffled"] == pytest.approx(1, abs=0.1)


def test_the_best_on_the_total_basis_is_the_leader_of_the_summary(built: Home) -> None:
    rows = table(
        built,
        """
        select o.*, s.sharpe_ratio / sqrt(s.periods_per_year) as leader_sharpe,
            s.probabilistic_sharpe_ratio as leader_probability
        from main.fct_overfitting o
        inner join main.fct_backtest_summary s on s.backtest_id = o.best_backtest_id
        where basis = 'total' and o.run_id not in ('grid', 'shuffled')
        """,
    )
    assert len(rows) == 7
    for row in rows:
        assert row["best_sharpe_per_bar"] == pytest.approx(row["leader_sharpe"], rel=1e-12)
        assert row["deflated_sharpe_ratio"] is None or (
            row["deflated_sharpe_ratio"] <= row["leader_probability"]
        )


def test_the_excess_basis_holds_curves_against_their_symbol(built: Home, results: Path) -> None:
    where = "where run_id = 'swept' and strategy = 'ma_crossover' and symbol = 'AAA'"
    (row,) = table(built, f"from main.fct_overfitting {where} and basis = 'excess'")
    closes = pl.read_csv(results / "bars.csv")["AAA"].to_numpy()
    market = np.diff(closes) / closes[:-1]
    sharpes = []
    for job in jobs(results, "swept", "ma_crossover", "AAA"):
        equity = curve(results, "swept", job)["equity"].to_numpy()
        own = np.diff(equity) / equity[:-1]
        rest = own - np.cov(own, market)[0, 1] / market.var(ddof=1) * market
        sharpes.append(rest.mean() / rest.std(ddof=1))
    assert row["best_sharpe_per_bar"] == pytest.approx(max(sharpes), rel=1e-8)
    assert row["sharpe_stddev_per_bar"] == pytest.approx(np.std(sharpes, ddof=1), rel=1e-8)
    assert (row["trial_count"], row["compared_curve_count"]) == (13, 13)
    assert row["overfitting_status"] == "ok"


def test_failed_trials_count_among_the_tried(built: Home) -> None:
    rows = table(built, "from main.fct_overfitting where run_id = 'lost' and basis = 'total'")
    assert [(row["trial_count"], row["sharpe_count"]) for row in rows] == [(6, 1)]
    assert rows[0]["deflated_sharpe_status"] == "one_sharpe"


# What a curve is in itself, and where it came from; whatever else joins it to other series of the
# same dates, and a new table is to leave it out unless it is named here.
MAY_HOLD_RESAMPLED = set(
    """
    dim_backtests dim_backtest_params fct_jobs fct_equity_daily fct_rolling_daily
    fct_returns_monthly fct_returns_yearly fct_drawdowns fct_backtest_summary fct_backtest_metrics
    fct_ingested_files
    """.split()
)


def test_resampled_backtests_stay_out_of_what_needs_real_dates(built: Home) -> None:
    resampled = "select backtest_id from main.dim_backtests where is_resampled"
    assert rows_of(built, f"select count(*) from ({resampled})") == [(96,)]
    assert rows_of(built, "select count(*) from main.fct_overfitting where run_id = 'drawn'") == [
        (0,)
    ]
    keyed = rows_of(
        built,
        """
        select table_name, column_name from information_schema.columns
        where table_schema = 'main' and ends_with(column_name, 'backtest_id')
        """,
    )
    holding = {
        name
        for name, column in keyed
        if rows_of(built, f"select 1 from main.{name} where {column} in ({resampled}) limit 1")
    }
    assert holding == MAY_HOLD_RESAMPLED
    # They serve the summary of their run.
    assert rows_of(built, "select ok_count from main.fct_run_summary where run_id = 'drawn'") == [
        (96,)
    ]
