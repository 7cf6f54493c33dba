-- One row per portfolio and pair of members that it ever wanted.
with

portfolio_drawdowns_compared as (
    select
        portfolio_id,
        member_id,
        other_member_id,
        worst_joint_date,
        drawdown_ratio,
        other_drawdown_ratio,
        joint_drawdown_ratio,
        correlation,
        worst_joint_return,
        common_day_count
    from {{ ref('int_portfolio_drawdowns_compared') }}
),

final as (
    select
        portfolio_id,
        member_id,
        other_member_id,
        worst_joint_date,
        drawdown_ratio,
        other_drawdown_ratio,
        joint_drawdown_ratio,
        correlation,
        worst_joint_return,
        common_day_count
    from portfolio_drawdowns_compared
)

select * from final
