-- One row per backtest per day, of the backtests that are to be built: returns and drawdown.
-- The starting equity is the first peak. At zero equity the curve is ruined: it loses all that
-- day, and has no returns after it.
with

equity as (
    select
        backtest_id,
        equity_date,
        equity,
        known_start,
        is_filled
    from {{ ref('int_equity_daily') }}
),

ordered as (
    select
        backtest_id,
        equity_date,
        equity,
        is_filled,
        lag(equity) over (partition by backtest_id order by equity_date) as equity_before,
        first_value(coalesce(known_start, equity)) over so_far as starting_equity,
        max(equity) over so_far as highest_equity
    from equity
    window so_far as (
        partition by backtest_id
        order by equity_date
        rows between unbounded preceding and current row
    )
),

compared as (
    select
        backtest_id,
        equity_date,
        equity,
        is_filled,
        coalesce(equity_before, starting_equity) as previous_equity,
        greatest(starting_equity, highest_equity) as high_water_mark
    from ordered
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
        is_filled
    from compared
)

select * from final
