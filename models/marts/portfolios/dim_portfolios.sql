-- One row per portfolio: what it asks for, and what became of it.
with

portfolio_members as (
    select
        portfolio_id,
        member_id,
        rebalance_cadence,
        portfolio_policy,
        select_run_id,
        select_metric,
        member_status,
        select_top,
        min_strategies,
        max_weight,
        cost_bps
    from {{ ref('int_portfolio_members') }}
),

figures as (
    select
        portfolio_id,
        status
    from {{ ref('int_portfolios_measured') }}
),

portfolios as (
    select
        portfolio_id,
        rebalance_cadence,
        portfolio_policy,
        select_run_id,
        select_metric,
        select_top,
        min_strategies,
        max_weight,
        cost_bps,
        count(member_id) as member_count,
        count(member_status) as missing_member_count
    from portfolio_members
    group by
        portfolio_id,
        rebalance_cadence,
        portfolio_policy,
        select_run_id,
        select_metric,
        select_top,
        min_strategies,
        max_weight,
        cost_bps
),

final as (
    select
        portfolios.portfolio_id,
        portfolios.rebalance_cadence,
        portfolios.portfolio_policy,
        portfolios.select_run_id,
        portfolios.select_metric,
        figures.status,
        portfolios.select_top,
        portfolios.min_strategies,
        portfolios.max_weight,
        portfolios.cost_bps,
        portfolios.member_count,
        portfolios.missing_member_count
    from portfolios
    inner join figures on portfolios.portfolio_id = figures.portfolio_id
)

select * from final
