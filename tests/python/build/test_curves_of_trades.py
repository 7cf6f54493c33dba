"""A curve made of trades is the curve that the backtester would have written."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest

from conftest import run_dbt
from curvehouse.home import Home
from curvehouse.ingest import (
    ImportedBacktest,
    ingest_bars,
    ingest_equity,
    ingest_runs,
    ingest_trades,
)
from sweep_runs import jobs_of, sweep, write_bars

CASH = 100_000.0
ZONES = ("America/New_York", "Europe/Berlin", "Asia/Kolkata", "Pacific/Auckland")
# A year of midnights, over both changes of the clocks.
DAYS = [date(2023, 1, 1) + timedelta(days=number) for number in range(365)]
FUNDS = {
    "months": "2019-01-31,100\n2019-02-28,101\n2019-03-31,99\n2019-04-30,104\n",
    "weeks": "2019-01-04,100\n2019-01-11,101\n2019-01-18,99\n2019-01-25,104\n",
    "now and then": "2019-01-04,100\n2019-01-09,110\n2019-01-29,99\n",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """A sweep without costs, the trades of its jobs imported alone, and curves of funds."""
    folder = tmp_path_factory.mktemp("trades")
    home = Home(folder / "home")
    bars = write_bars(folder)
    outcome = sweep(bars, folder / "results", fee_bps=0, slippage_bps=0, starting_cash=CASH)
    ingest_bars(home, bars)
    ingest_runs(home, [outcome.run_folder])
    for job in jobs_of(outcome):
        file = outcome.run_folder / job["strategy"] / f"{job['param_hash']}_trades.csv"
        if file.exists():
            own = {key: value for key, value in job["params"].items() if key != "seed"}
            backtest = ImportedBacktest(
                "imported",
                job["strategy"],
                {key: value for key, value in own.items() if key != "symbol"},
                symbol=job["symbol"],
                seed=job["seed"],
                starting_cash=CASH,
            )
            assert ingest_trades(home, file, backtest).is_clean
    for name, rows in FUNDS.items():
        (folder / f"{name}.csv").write_text(f"date,nav\n{rows}")
        ingest_equity(home, folder / f"{name}.csv", ImportedBacktest("funds", name))
    for zone in ZONES:
        file = folder / f"{zone.replace('/', '_')}.csv"
        rows = "".join(f"{day}T00:00:00,{100 + n % 9}\n" for n, day in enumerate(DAYS))
        file.write_text(f"time,equity\n{rows}")
        fund = ImportedBacktest("zones", zone)
        assert ingest_equity(home, file, fund, timezone=zone).is_clean
    run_dbt(
        home,
        "build",
        "--exclude-resource-type",
        "unit_test",
        # Tests of tables that are not built stay out.
        "--indirect-selection",
        "cautious",
        "--select",
        "+fct_equity_daily",
        "+dim_backtests",
        "+fct_market_regimes",
    )
    return duckdb.connect(str(home.working_file), read_only=True)


def test_trades_alone_give_the_curve_of_the_sweep(built: duckdb.DuckDBPyConnection) -> None:
    ((backtests, days, differing, filled),) = built.execute(
        """
        with curves as (
            select run_id, param_hash, strategy, equity_date, equity, is_filled, frequency
            from fct_equity_daily
            inner join dim_backtests using (backtest_id)
        )
        select
            count(distinct (own.strategy, own.param_hash)),
            count(*),
            count(*) filter (abs(own.equity - swept.equity) > 1e-9 * swept.equity),
            count(*) filter (own.is_filled)
        from curves as own
        inner join curves as swept using (strategy, param_hash, equity_date)
        where own.run_id = 'imported' and swept.run_id = 'mine'
        """
    ).fetchall()
    assert backtests >= 10
    assert days > 60 * backtests
    assert (differing, filled) == (0, 0)


def test_trades_reach_to_the_end_where_the_last_is_open(built: duckdb.DuckDBPyConnection) -> None:
    ((held,),) = built.execute(
        """
        select count(*)
        from (
            select max(equity_date) as last_date
            from fct_equity_daily
            inner join dim_backtests using (backtest_id)
            where run_id = 'imported' and strategy = 'buy_and_hold'
            group by backtest_id
        )
        where last_date = (select max(ts)::date from fct_market_regimes)
        """
    ).fetchall()
    assert held == 2


def test_months_and_weeks_stay_and_sparse_curves_get_weekdays(
    built: duckdb.DuckDBPyConnection,
) -> None:
    found = dict(
        built.execute(
            """
            select strategy, (frequency, periods_per_year, count(*), sum(is_filled::integer))
            from fct_equity_daily
            inner join dim_backtests using (backtest_id)
            where run_id = 'funds'
            group by strategy, frequency, periods_per_year
            """
        ).fetchall()
    )
    assert found == {
        "months": ("monthly", 12.0, 4, 0),
        "weeks": ("weekly", 52.0, 4, 0),
        # Weekdays from 4 to 29 January.
        "now and then": ("sparse", 252.0, 18, 15),
    }


def test_a_sparse_curve_moves_on_the_days_of_its_file(built: duckdb.DuckDBPyConnection) -> None:
    assert built.execute(
        """
        select equity_date::varchar, equity, simple_return::float
        from fct_equity_daily
        inner join dim_backtests using (backtest_id)
        where strategy = 'now and then' and simple_return <> 0
        order by equity_date
        """
    ).fetchall() == [
        ("2019-01-09", 110.0, pytest.approx(0.1)),
        ("2019-01-29", 99.0, pytest.approx(-0.1)),
    ]


@pytest.mark.parametrize("zone", ZONES)
def test_no_day_is_lost_or_made_where_clocks_change(
    built: duckdb.DuckDBPyConnection, zone: str
) -> None:
    found = built.execute(
        """
        select equity_date
        from fct_equity_daily
        inner join dim_backtests using (backtest_id)
        where strategy = ?
        order by equity_date
        """,
        [zone],
    ).fetchall()
    assert [day for (day,) in found] == DAYS
