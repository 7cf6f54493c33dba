-- One row per backtest per day: returns and drawdown, the starting equity counting as a peak.
-- At zero equity the curve is ruined: it loses all that day, and has no returns after it.
with

equity as (
    select
        backtest_id,
        equity_date,
        equity,
        starting_equity,
        bar_number
    from {{ ref('int_equity_daily') }}
),

ordered as (
    select
        backtest_id,
        equity_date,
        equity,
        bar_number,
        coalesce(lag(equity) over so_far, starting_equity) as previous_equity,
        greatest(starting_equity, max(equity) over so_far) as high_water_mark
    from equity
    window so_far as (
        partition by backtest_id
        order by bar_number
        rows between unbounded preceding and current row
    )
),

final as (
    select
        backtest_id,
        equity_date,
        equity,
        equity / nullif(previous_equity, 0) - 1 as simple_return,
        case
            when equity > 0 and previous_equity > 0 then ln(equity / previous_equity)
        end as log_return,
        high_water_mark,
        equity / nullif(high_water_mark, 0) - 1 as drawdown,
        bar_number
    from ordered
)

select * from final
