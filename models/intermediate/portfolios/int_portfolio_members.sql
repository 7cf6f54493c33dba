-- One row per member of a portfolio, or candidate where a rule selects them, with what its
-- portfolio asks for; a portfolio without any has one row that names none.
with

entries as (
    select
        portfolio_id,
        member_id,
        backtest_id,
        policy,
        rebalance_cadence,
        portfolio_policy,
        select_run_id,
        select_metric,
        select_top,
        min_strategies,
        max_weight,
        cost_bps
    from {{ ref('int_portfolio_entries_listed') }}
),

backtests as (
    select
        backtest_id,
        run_id,
        periods_per_year,
        is_resampled
    from {{ ref('int_backtests_identified') }}
),

candidates as (
    select
        backtest_id,
        run_id
    from backtests
    where not is_resampled
),

named as (
    select
        portfolio_id,
        member_id,
        backtest_id
    from entries
    where select_run_id is null
    union all
    select
        entries.portfolio_id,
        candidates.backtest_id as member_id,
        candidates.backtest_id
    from entries
    left join candidates on entries.select_run_id = candidates.run_id
    where entries.select_run_id is not null
),

final as (
    select
        named.portfolio_id,
        named.member_id,
        named.backtest_id,
        entries.policy,
        entries.rebalance_cadence,
        entries.portfolio_policy,
        entries.select_run_id,
        entries.select_metric,
        case
            when named.member_id is null then null
            when backtests.backtest_id is null then 'not_landed'
            when backtests.is_resampled then 'resampled'
        end as member_status,
        entries.select_top,
        entries.min_strategies,
        entries.max_weight,
        entries.cost_bps,
        backtests.periods_per_year
    from named
    inner join entries
        on
            named.portfolio_id = entries.portfolio_id
            and (entries.select_run_id is not null or named.member_id = entries.member_id)
    left join backtests on named.backtest_id = backtests.backtest_id
)

select * from final
