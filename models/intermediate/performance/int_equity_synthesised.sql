-- One row per backtest per calendar day of a backtest with trades and no curve: starting cash, plus
-- what closed trades earned, plus what open ones stand at. At zero it is ruined and stays there.
with

curves as (
    select
        backtest_id,
        coalesce(starting_cash, {{ var('default_starting_cash') }}) as starting_cash
    from {{ ref('int_curves_to_build') }}
    where is_synthetic
),

calendar_days as (
    select
        backtest_id,
        calendar_date
    from {{ ref('int_calendar_days_spanned') }}
),

trades as (
    select
        backtest_id,
        exit_date,
        pnl
    from {{ ref('int_trades_to_mark') }}
    where exit_date is not null
),

marks as (
    select
        backtest_id,
        calendar_date,
        open_profit,
        is_filled
    from {{ ref('int_trades_marked') }}
),

realised as (
    select
        backtest_id,
        exit_date,
        sum(pnl) as realised_profit
    from trades
    group by backtest_id, exit_date
),

marked as (
    select
        backtest_id,
        calendar_date,
        sum(open_profit) as open_profit,
        max(case when is_filled then 1 else 0 end) = 1 as is_filled
    from marks
    group by backtest_id, calendar_date
),

days as (
    select
        curves.backtest_id,
        calendar_days.calendar_date,
        curves.starting_cash,
        coalesce(realised.realised_profit, 0) as realised_profit,
        coalesce(marked.open_profit, 0) as open_profit,
        coalesce(marked.is_filled, false) as is_filled
    from curves
    inner join calendar_days on curves.backtest_id = calendar_days.backtest_id
    left join realised
        on
            calendar_days.backtest_id = realised.backtest_id
            and calendar_days.calendar_date = realised.exit_date
    left join marked
        on
            calendar_days.backtest_id = marked.backtest_id
            and calendar_days.calendar_date = marked.calendar_date
),

summed as (
    select
        backtest_id,
        calendar_date,
        starting_cash,
        is_filled,
        starting_cash + open_profit + sum(realised_profit) over (
            partition by backtest_id
            order by calendar_date
            rows between unbounded preceding and current row
        ) as equity
    from days
),

lowest as (
    select
        backtest_id,
        calendar_date,
        starting_cash,
        is_filled,
        equity,
        min(equity) over (
            partition by backtest_id
            order by calendar_date
            rows between unbounded preceding and current row
        ) as lowest_equity
    from summed
),

final as (
    select
        backtest_id,
        calendar_date as equity_date,
        case when {{ rounded('lowest_equity') }} <= 0 then 0e0 else equity end as equity,
        starting_cash as first_equity,
        is_filled
    from lowest
)

select * from final
