{#
    What factors, risk-free rate and the rest contributed is the return that the curve itself has
    over the span.
#}
with

attributions as (
    select
        backtest_id,
        factor_set,
        estimation_window,
        base_date,
        as_of_date
    from {{ ref('fct_factor_attribution') }}
    where fit_status <> 'ruined'
),

equity as (
    select
        backtest_id,
        equity_date,
        equity
    from {{ ref('fct_equity_daily') }}
),

contributions as (
    select
        backtest_id,
        factor_set,
        estimation_window,
        sum(contribution) as contribution_sum,
        sum(abs(contribution)) as contribution_size
    from {{ ref('fct_factor_contributions') }}
    group by backtest_id, factor_set, estimation_window
),

compared as (
    select
        attributions.backtest_id,
        attributions.factor_set,
        attributions.estimation_window,
        last_days.equity / base_days.equity - 1 as curve_return,
        contributions.contribution_sum,
        contributions.contribution_size
    from attributions
    inner join equity as base_days
        on
            attributions.backtest_id = base_days.backtest_id
            and attributions.base_date = base_days.equity_date
    inner join equity as last_days
        on
            attributions.backtest_id = last_days.backtest_id
            and attributions.as_of_date = last_days.equity_date
    left join contributions
        on
            attributions.backtest_id = contributions.backtest_id
            and attributions.factor_set = contributions.factor_set
            and attributions.estimation_window = contributions.estimation_window
)

select *
from compared
where
    contribution_sum is null
    or abs(contribution_sum - curve_return)
    > 1e-9 * (1 + abs(curve_return) + contribution_size)
