"""Published files that are made for the report alone: large ones, empty ones, badly named ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from curvehouse.home import DATABASE_NAME, Home

__all__ = ["empty_tables", "fill", "publish_empty"]

_FILLING = """
create temp table names as
    select unnest($names) as name, unnest(range(len($names))) as position;
create temp table chosen as
    select
        printf('%016x', number + 1) as backtest_id, number, name,
        number // (select count(*) from names) as cell
    from range($backtests) as numbers (number)
    inner join names on number % (select count(*) from names) = position;

insert into dim_runs by name
    select name as run_id, 'none' as resample, false as is_import, $backtests as planned_count,
        timestamp '2026-01-05' as created_at
    from names;
insert into fct_run_summary by name
    select name as run_id, $backtests as planned_count, $backtests as ok_count,
        0 as no_trades_count, 0 as ruined_count, 0 as crashed_count, 0 as timed_out_count,
        0 as non_finite_equity_count, 0 as missing_count, 0 as quarantined_count,
        1 as grid_point_count, 1 as measured_point_count, 0.05 as robust_cagr_median
    from names;
insert into fct_run_strategy_summary by name
    select name as run_id, name as strategy, name as symbol, 1 as planned_count, 1 as ok_count,
        0 as no_trades_count, 0 as ruined_count, 0 as crashed_count, 0 as timed_out_count,
        0 as non_finite_equity_count, 0 as missing_count, 0 as quarantined_count,
        1 as grid_point_count, 1 as measured_point_count, 0 as neighbour_pair_count
    from names;
insert into fct_overfitting by name
    select name as run_id, name as strategy, name as symbol, 'total' as basis,
        'no_sharpe' as deflated_sharpe_status, 'too_few_curves' as overfitting_status,
        1 as trial_count, 0 as sharpe_count, 0 as compared_curve_count, 0 as compared_day_count
    from names;
insert into dim_backtests by name
    select backtest_id, name as run_id, name as strategy, name as symbol, 'x' as param_hash,
        json_object(name, cell % 25, 'slow', cell // 25) as params, 'ok' as status,
        'daily' as frequency, false as is_resampled, true as has_curve, false as has_trades
    from chosen;
insert into dim_backtest_params by name
    select backtest_id, name as param_name, name || (cell % 25) as param_value from chosen
    union all by name
    select backtest_id, 'slow' as param_name, '' || (cell // 25) as param_value from chosen;
insert into fct_parameter_sensitivity by name
    select name as run_id, name as strategy, name as symbol, unnest([name, 'slow']) as param_name,
        3 as value_count, 1 as slice_count, name as best_value
    from names;

insert into fct_equity_daily by name
    with moves as (
        select backtest_id, date '2012-01-02' + day_number::integer as equity_date,
            0.0002 + 0.01 * sin(hash(number * 100000 + day_number) / 1e12) as log_return
        from chosen cross join range($days) as days (day_number)
    ),
    summed as (
        select *, 100000 * exp(sum(log_return) over curve) as equity
        from moves
        window curve as (partition by backtest_id order by equity_date)
    ),
    peaked as (
        select *, greatest(100000, max(equity) over curve) as high_water_mark
        from summed
        window curve as (partition by backtest_id order by equity_date)
    )
    select backtest_id, equity_date, equity, exp(log_return) - 1 as simple_return, log_return,
        high_water_mark, equity / high_water_mark - 1 as drawdown, false as is_filled
    from peaked;
insert into fct_backtest_summary by name
    select backtest_id, any_value(run_id) as run_id, any_value(strategy) as strategy,
        any_value(symbol) as symbol, min(equity_date) as start_date, max(equity_date) as end_date,
        count(*) as day_count, last(equity order by equity_date) as final_equity,
        last(equity order by equity_date) / 100000 - 1 as total_return,
        exp(avg(log_return) * 252) - 1 as cagr,
        stddev(simple_return) * sqrt(252) as annual_volatility,
        case when number % 7 > 0 then avg(simple_return) / stddev(simple_return) * sqrt(252) end
            as sharpe_ratio,
        min(drawdown) as max_drawdown, 0 as trade_count
    from fct_equity_daily
    inner join dim_backtests using (backtest_id)
    inner join chosen using (backtest_id)
    group by backtest_id, number;

create temp table told as
    select backtest_id from fct_backtest_summary
    order by round(sharpe_ratio, 10) desc nulls last, backtest_id limit 20;
insert into fct_rolling_daily by name
    select backtest_id, equity_date, log_return * 100 as sharpe_63d, log_return * 50 as sharpe_252d
    from fct_equity_daily inner join told using (backtest_id);
insert into fct_returns_monthly by name
    select backtest_id, date_trunc('month', equity_date)::date as month_start_date,
        min(equity_date) as first_date, max(equity_date) as last_date, count(*) as day_count,
        100000 as starting_equity, 100000 as final_equity, sum(simple_return) as monthly_return,
        false as is_first_period, false as is_open
    from fct_equity_daily inner join told using (backtest_id) group by all;
insert into fct_regime_episodes by name
    select 'backtest' as subject_kind, backtest_id as subject_id,
        date '2012-01-02' + spell::integer * 30 as start_date,
        date '2012-01-02' + spell::integer * 30 + 29 as end_date,
        ['LowVol-Up', 'MidVol-Flat', 'HighVol-Down'][spell % 3 + 1] as regime,
        30 as length_bars, false as is_open
    from told cross join range($days // 30) as spells (spell);
insert into dim_metrics by name
    select name as metric, 'ratio' as family, name as description, name as formula, 'ratio' as unit,
        name as convention, name as peer, name as peer_difference, '1' as since_version,
        true as is_in_summary
    from names;
insert into fct_backtest_metrics by name
    select backtest_id, name as metric, 1.5 as value from told cross join names;

insert into fct_factor_returns_daily by name
    select 'set' as factor_set, date '2012-01-02' as factor_date, name as factor,
        'excess' as factor_kind, position as factor_position, 0.0 as factor_return
    from names;
insert into fct_factor_attribution by name
    select backtest_id, 'set' as factor_set, 'rolling' as estimation_window, 'ok' as fit_status,
        126 as observation_count, 126 as exposed_day_count, true as is_default_set
    from told;
insert into fct_factor_exposures by name
    select backtest_id, 'set' as factor_set, 'rolling' as estimation_window,
        date '2012-01-31' + month_number::integer * 30 as as_of_date, name as factor,
        'ok' as fit_status, sin(month_number + position) as beta, 126 as observation_count,
        false as is_last_day
    from told cross join names cross join range(12) as months (month_number);

insert into dim_portfolios by name
    select name as portfolio_id, 'monthly' as rebalance_cadence, 'ok' as status,
        1 as min_strategies, 0.5 as max_weight, 0.0 as cost_bps, 2 as member_count,
        0 as missing_member_count
    from names;
insert into fct_portfolio_summary by name
    select name as portfolio_id, 'ok' as status, 100 as day_count, 4 as rebalance_count,
        0.05 as portfolio_cagr
    from names;
insert into fct_portfolio_daily by name
    select name as portfolio_id, date '2012-01-02' + day_number::integer as portfolio_date,
        1 + day_number / 1000 as equity, 0.001 as simple_return, 0.001 as gross_return,
        -day_number / 1000 as drawdown, 0.0 as traded_weight, 1.0 as invested_weight,
        0.0 as cash_weight, 0.0 as "cost", 2 as held_count, false as is_rebalanced
    from names cross join range(100) as days (day_number);
insert into fct_portfolio_weights by name
    select portfolios.name as portfolio_id, names.name as holding, names.name as member_id,
        date '2012-01-02' + day_number::integer as rebalance_date, 'ok' as rebalance_status,
        1 / (select count(*) from names) as weight_target, 0.0 as weight_drifted,
        false as is_capped
    from names as portfolios cross join names cross join range(0, 100, 30) as days (day_number);
insert into fct_portfolio_contributions by name
    select portfolios.name as portfolio_id, names.name as source, names.name as member_id,
        'ok' as leave_one_out_status, 0.1 as profit, 0.5 as return_share, 0.5 as risk_share,
        0.2 as weight_mean, 100 as held_day_count
    from names as portfolios cross join names;
insert into fct_strategy_co_drawdowns by name
    select portfolios.name as portfolio_id, names.name as member_id, others.name as other_member_id,
        0.5 as joint_drawdown_ratio, 100 as common_day_count
    from names as portfolios cross join names inner join names as others
        on names.name < others.name;
insert into fct_failure_clusters by name
    select name as run_id, name as strategy, 1 as cluster_id, 'ok' as status, name as narrative,
        10 as size, 10 as copy_count, -5.0 as avg_loss, -50.0 as total_loss, 1 as cluster_count,
        20 as trade_count, 10 as losing_count, 0 as incomplete_count, 1.5 as lift_at_entry,
        1.2 as lift_at_entry_lower, 1.9 as lift_at_entry_upper
    from names;
insert into fct_failure_rules by name
    select name as run_id, name as strategy, 1 as rule_id, timestamp '2020-01-01' as split_at,
        'holds' as status, name as rule
    from names
"""


def empty_tables(home: Home, like: Home) -> duckdb.DuckDBPyConnection:
    """Open a new published file of ``home`` that has the tables of another, without their rows."""
    folder = home.publications / "20260105T100000.000000Z"
    folder.mkdir(parents=True)
    home.published_file.symlink_to(Path("publications", folder.name, DATABASE_NAME))
    with duckdb.connect(str(like.published_file.resolve()), read_only=True) as connection:
        statements = connection.sql("select sql from duckdb_tables()").fetchall()
    made = duckdb.connect(str(folder / DATABASE_NAME))
    for (statement,) in statements:
        made.execute(statement)
    return made


def publish_empty(home: Home, like: Home) -> Home:
    """Publish tables without rows."""
    empty_tables(home, like).close()
    return home


def fill(
    connection: duckdb.DuckDBPyConnection, names: Sequence[str], *, size: int, days: int
) -> None:
    """Fill all tables that the report reads, with ``names`` wherever a name can stand.

    There are ``size`` backtests of ``days`` days each, and for each name a run and a portfolio.
    """
    values = {"names": list(names), "backtests": size, "days": days}
    for statement in _FILLING.split(";\n"):
        wanted = {name: value for name, value in values.items() if f"${name}" in statement}
        connection.execute(statement, wanted)
