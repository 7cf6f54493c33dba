"""Curves, prices and names at the bounds of what is accepted do not end a build."""

from __future__ import annotations

import random

import pytest

from conftest import run_dbt
from curvehouse.home import Home
from curvehouse.ingest import (
    ImportedBacktest,
    ingest_bars,
    ingest_factors,
    ingest_runs,
    ingest_trades,
)
from curvehouse.readers.magnitudes import LARGEST, LARGEST_RETURN, SMALLEST
from curves import Curve, daily, write_run
from hostile_names import HOMELESS_NAMES, NAMES, job_named
from raw_rows import rows_of
from run_folder import RunFolder, curve_csv

EVERY_NAME = NAMES + HOMELESS_NAMES


def extreme_curves() -> list[Curve]:
    """Curves of 40 to 400 days that move as far as an accepted curve can."""
    draw = random.Random(1)
    pair = [SMALLEST, LARGEST]
    return [
        daily("steps_up", pair),
        daily("steps_down", pair[::-1]),
        daily("up_over_a_month", [*[SMALLEST] * 40, LARGEST]),
        daily("down_over_a_month", [*[LARGEST] * 40, SMALLEST]),
        daily("swings", pair * 200),
        daily("swings_to_ruin", [*pair * 100, 0.0, 0.0]),
        daily("one_spike", [*[1.0] * 150, LARGEST, *[1.0] * 150]),
        daily("one_hole", [*[1.0] * 150, SMALLEST, *[1.0] * 150]),
        daily("doubles", [SMALLEST * 2**day for day in range(199)]),
        daily("smallest_always", [SMALLEST] * 300),
        daily("largest_always", [LARGEST] * 300),
        daily("anything", [10 ** draw.uniform(-30, 30) for _ in range(400)]),
    ]


def extreme_factors() -> str:
    """Two factors under odd names: one of any size and sign, one as others are."""
    draw = random.Random(2)
    rows = (
        f"{day},{draw.choice([-1, 1]) * 10 ** draw.uniform(-12, 5.9)!r},{draw.gauss(0, 0.01)!r}\n"
        for day in daily("", [1.0] * 420).days
    )
    assert LARGEST_RETURN == 1e6
    return 'date,"it\'s ""wild"" | so","Größe; \\ {{ 1 }}"\n' + "".join(rows)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Home:
    folder = tmp_path_factory.mktemp("extreme")
    home = Home(folder / "home")
    assert ingest_runs(home, [write_run(folder, "extreme", extreme_curves())]).is_clean
    named = RunFolder(folder / "named", "named", jobs=[job_named(name) for name in EVERY_NAME])
    for job in named.jobs[: len(NAMES)]:
        named.file(job).write_text(curve_csv(range(100, 200)))
    assert ingest_runs(home, [named.path]).is_clean
    prices = folder / "SPY.csv"
    closes = extreme_curves()[-1]
    rows = (f"{d},{c!r}\n" for d, c in zip(closes.days, closes.equity, strict=True))
    prices.write_text("date,close\n" + "".join(rows))
    assert ingest_bars(home, prices).is_clean
    factors = folder / "factors.csv"
    factors.write_text(extreme_factors())
    for name in ("wild", 'it\'s a "set" | or; two'):
        assert ingest_factors(home, factors, factor_set=name).is_clean
    trades = folder / "trades.csv"
    header = "side,entry_at,exit_at,quantity,entry_price,exit_price,pnl\n"
    size = f"{LARGEST!r},{SMALLEST!r},{LARGEST!r}"
    rows = (f"long,2020-01-0{day},2020-01-0{day + 1},{size},{LARGEST!r}\n" for day in (1, 2, 3))
    trades.write_text(header + "".join(rows))
    backtest = ImportedBacktest("mine", "huge", symbol="SPY", starting_cash=1.0)
    assert ingest_trades(home, trades, backtest).is_clean
    run_dbt(home, "build", "--exclude-resource-type", "unit_test")
    return home


def summaries(home: Home, column: str) -> dict[str, float | None]:
    found = rows_of(
        home,
        f"""
        select params::json ->> 'name', {column}
        from main.fct_backtest_summary
        inner join main.dim_backtests using (backtest_id)
        """,
    )
    return dict(found)


def test_extreme_curves_build_and_pass_every_test(built: Home) -> None:
    assert summaries(built, "max_drawdown").keys() >= {curve.name for curve in extreme_curves()}


def test_their_statistics_are_there(built: Home) -> None:
    assert summaries(built, "max_drawdown")["swings"] == pytest.approx(-1)
    volatility = summaries(built, "annual_volatility")["swings"]
    assert volatility is not None
    assert volatility > 1e50


def test_they_are_held_against_extreme_factors(built: Home) -> None:
    found = rows_of(
        built,
        """
        select fit_status, count(*), count(alpha_annual), count(attributed_return)
        from main.fct_factor_attribution
        inner join main.dim_backtests using (backtest_id)
        where run_id = 'extreme' and factor_set = 'wild'
        group by all
        """,
    )
    statuses = {status: counts for status, *counts in found}
    assert statuses["ok"][0] == statuses["ok"][1] == statuses["ok"][2] > 10
    assert statuses.keys() >= {"ok", "flat", "ruined", "too_short"}


def test_names_come_out_of_a_build_as_they_went_in(built: Home) -> None:
    jobs = rows_of(built, "select strategy, symbol from main.fct_jobs where run_id = 'named'")
    assert sorted(jobs) == sorted((name, name) for name in EVERY_NAME)
    params = rows_of(
        built,
        """
        select strategy, param_name, param_value
        from main.dim_backtest_params
        inner join main.dim_backtests using (backtest_id)
        where run_id = 'named' and param_name <> 'n'
        """,
    )
    assert sorted(params) == sorted((name,) * 3 for name in NAMES)
