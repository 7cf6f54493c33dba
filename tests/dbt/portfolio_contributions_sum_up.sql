{# Profits of members and costs add up to the total return, and their risk shares to 1. #}
with

sums as (
    select
        contributions.portfolio_id,
        sum(contributions.profit) as profit_sum,
        sum(abs(contributions.profit)) as profit_size,
        sum(contributions.risk_share) as risk_sum,
        sum(abs(contributions.risk_share)) as risk_size,
        max(summary.total_return) as total_return
    from {{ ref('fct_portfolio_contributions') }} as contributions
    inner join {{ ref('fct_portfolio_summary') }} as summary
        on contributions.portfolio_id = summary.portfolio_id
    group by contributions.portfolio_id
),

violations as (
    select portfolio_id
    from sums
    where
        abs(profit_sum - total_return) > 1e-9 * (1 + profit_size)
        or abs(risk_sum - 1) > 1e-9 * (1 + risk_size)
)

select * from violations
