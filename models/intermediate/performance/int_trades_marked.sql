-- One row per trade per calendar day on which it was open at the close: its profit so far.
-- A day without a close keeps the last mark; before its first close a trade stands at its price.
with

trades as (
    select
        backtest_id,
        line_number,
        entry_date,
        exit_date,
        symbol,
        signed_quantity,
        entry_price
    from {{ ref('int_trades_to_mark') }}
),

calendar_days as (
    select
        backtest_id,
        calendar_date
    from {{ ref('int_calendar_days_spanned') }}
),

bars as (
    select
        symbol,
        bar_date,
        close
    from {{ ref('int_bars_daily') }}
),

open_days as (
    select
        trades.backtest_id,
        trades.line_number,
        calendar_days.calendar_date,
        trades.signed_quantity,
        trades.entry_price,
        bars.close
    from trades
    inner join calendar_days
        on
            trades.backtest_id = calendar_days.backtest_id
            and trades.entry_date <= calendar_days.calendar_date
            and (trades.exit_date is null or trades.exit_date > calendar_days.calendar_date)
    left join bars
        on
            trades.symbol = bars.symbol
            and calendar_days.calendar_date = bars.bar_date
),

carried as (
    select
        backtest_id,
        line_number,
        calendar_date,
        signed_quantity,
        entry_price,
        close is null as is_filled,
        {{ last_known('close') }} over (
            partition by backtest_id, line_number
            order by calendar_date
            rows between unbounded preceding and current row
        ) as last_close
    from open_days
),

final as (
    select
        backtest_id,
        line_number,
        calendar_date,
        signed_quantity * (coalesce(last_close, entry_price) - entry_price) as open_profit,
        is_filled
    from carried
)

select * from final
