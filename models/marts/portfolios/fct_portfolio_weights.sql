-- One row per portfolio, rebalance and holding: a member, or cash.
with

portfolio_weights_decided as (
    select
        portfolio_id,
        member_id,
        backtest_id,
        rebalance_date,
        policy,
        member_status,
        rebalance_status,
        weight_target,
        weight_drifted,
        score,
        raw_value,
        is_capped
    from {{ ref('int_portfolio_weights_decided') }}
),

final as (
    select
        portfolio_id,
        coalesce(member_id, 'cash') as holding,
        member_id,
        backtest_id,
        rebalance_date,
        policy,
        member_status,
        rebalance_status,
        weight_target,
        weight_drifted,
        score,
        raw_value,
        is_capped
    from portfolio_weights_decided
)

select * from final
