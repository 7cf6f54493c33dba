-- One row per backtest per day that a curve without days of its own stands on, from its first day
-- to its last: the days of its symbols' bars, and weekdays (or all days) beyond their reach.
with

spans as (
    select
        backtest_id,
        first_date,
        last_date,
        has_weekends
    from {{ ref('int_equity_spans') }}
),

span_symbols as (
    select
        backtest_id,
        symbol
    from {{ ref('int_equity_span_symbols') }}
),

bars as (
    select
        symbol,
        bar_date
    from {{ ref('int_bars_daily') }}
),

bar_days as (
    select
        spans.backtest_id,
        bars.bar_date
    from spans
    inner join span_symbols on spans.backtest_id = span_symbols.backtest_id
    inner join bars on span_symbols.symbol = bars.symbol
    group by spans.backtest_id, bars.bar_date
),

bar_reaches as (
    select
        backtest_id,
        min(bar_date) as first_bar_date,
        max(bar_date) as last_bar_date
    from bar_days
    group by backtest_id
),

all_days as (
    select
        backtest_id,
        first_date,
        last_date,
        has_weekends,
        {{ each_day('first_date', 'last_date') }} as calendar_date
    from spans
),

plain_days as (
    select
        all_days.backtest_id,
        all_days.calendar_date
    from all_days
    left join bar_reaches on all_days.backtest_id = bar_reaches.backtest_id
    where
        (all_days.has_weekends or not {{ is_weekend('all_days.calendar_date') }})
        and (
            bar_reaches.backtest_id is null
            or all_days.calendar_date < bar_reaches.first_bar_date
            or all_days.calendar_date > bar_reaches.last_bar_date
        )
),

final as (
    select
        backtest_id,
        calendar_date
    from plain_days
    union
    select
        bar_days.backtest_id,
        bar_days.bar_date
    from bar_days
    inner join spans on bar_days.backtest_id = spans.backtest_id
    where bar_days.bar_date between spans.first_date and spans.last_date
    union
    select
        backtest_id,
        first_date
    from spans
    union
    select
        backtest_id,
        last_date
    from spans
)

select * from final
