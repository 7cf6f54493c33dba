-- Both ways of each pair, of the twelve members with the greatest mean weight.
with members as (
    select member_id
    from fct_portfolio_contributions
    where portfolio_id = $portfolio_id and member_id is not null
    order by round(weight_mean, 10) desc nulls last, member_id
    limit 12
),

pairs as (
    select
        member_id,
        other_member_id,
        joint_drawdown_ratio,
        correlation,
        worst_joint_date,
        worst_joint_return
    from fct_strategy_co_drawdowns
    where portfolio_id = $portfolio_id
    union all
    select
        other_member_id as member_id,
        member_id as other_member_id,
        joint_drawdown_ratio,
        correlation,
        worst_joint_date,
        worst_joint_return
    from fct_strategy_co_drawdowns
    where portfolio_id = $portfolio_id
)

select
    member_id,
    other_member_id,
    joint_drawdown_ratio,
    correlation,
    worst_joint_date,
    worst_joint_return
from pairs
where
    member_id in (select member_id from members)
    and other_member_id in (select member_id from members)
order by member_id, other_member_id
