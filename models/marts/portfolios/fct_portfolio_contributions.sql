-- One row per portfolio and source of its return: a member, or costs.
with

portfolio_contributions_measured as (
    select
        portfolio_id,
        member_id,
        backtest_id,
        leave_one_out_status,
        weight_mean,
        profit,
        return_share,
        risk_share,
        contribution_stddev,
        cagr_change_without,
        max_drawdown_change_without,
        held_day_count
    from {{ ref('int_portfolio_contributions_measured') }}
),

final as (
    select
        portfolio_id,
        coalesce(member_id, 'costs') as source,
        member_id,
        backtest_id,
        leave_one_out_status,
        weight_mean,
        profit,
        return_share,
        risk_share,
        contribution_stddev,
        cagr_change_without,
        max_drawdown_change_without,
        held_day_count
    from portfolio_contributions_measured
)

select * from final
