{# With cash, all weights of a rebalance sum to 1, before and after; none exceeds its cap. #}
with

sums as (
    select
        weights.portfolio_id,
        weights.rebalance_date,
        sum(weights.weight_target) as target_sum,
        sum(weights.weight_drifted) as drifted_sum,
        max(case when weights.member_id is not null then weights.weight_target end) as highest,
        max(portfolios.max_weight) as max_weight
    from {{ ref('fct_portfolio_weights') }} as weights
    inner join {{ ref('dim_portfolios') }} as portfolios
        on weights.portfolio_id = portfolios.portfolio_id
    group by weights.portfolio_id, weights.rebalance_date
),

violations as (
    select
        portfolio_id,
        rebalance_date
    from sums
    where
        abs(target_sum - 1) > 1e-9
        or abs(drifted_sum - 1) > 1e-9
        or highest > max_weight + 1e-9
)

select * from violations
