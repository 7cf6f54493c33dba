-- One row per member of a portfolio and day of its curve.
with

members as (
    select
        portfolio_id,
        member_id,
        backtest_id
    from {{ ref('int_portfolio_members') }}
    where
        member_id is not null
        and member_status is null
),

equity as (
    select
        backtest_id,
        equity_date,
        simple_return
    from {{ ref('fct_equity_daily') }}
    where simple_return is not null
),

final as (
    select
        members.portfolio_id,
        members.member_id,
        equity.equity_date,
        equity.simple_return
    from members
    inner join equity on members.backtest_id = equity.backtest_id
)

select * from final
