-- One row per portfolio and day, from its first funded rebalance on.
with

portfolio_days_walked as (
    select
        portfolio_id,
        portfolio_date,
        equity,
        simple_return,
        gross_return,
        cost,
        drawdown,
        traded_weight,
        invested_weight,
        cash_weight,
        held_count,
        is_rebalanced
    from {{ ref('int_portfolio_days_walked') }}
),

final as (
    select
        portfolio_id,
        portfolio_date,
        equity,
        simple_return,
        gross_return,
        cost,
        drawdown,
        traded_weight,
        invested_weight,
        cash_weight,
        held_count,
        is_rebalanced
    from portfolio_days_walked
)

select * from final
