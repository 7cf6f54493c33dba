-- One row per symbol, day of entry and day of exit that bars cover: closes between the two days.
-- They are NULL where no bar lies between; entry and exit have prices of their own.
with

spans as (
    select
        symbol,
        entry_date,
        exit_date
    from {{ ref('int_trades_to_describe') }}
    where exit_date is not null
    group by symbol, entry_date, exit_date
),

bars as (
    select
        symbol,
        bar_date,
        close
    from {{ ref('int_bars_daily') }}
),

symbols as (
    select
        symbol,
        min(bar_date) as first_date,
        max(bar_date) as last_date
    from bars
    group by symbol
),

covered as (
    select
        spans.symbol,
        spans.entry_date,
        spans.exit_date
    from spans
    inner join symbols
        on
            spans.symbol = symbols.symbol
            and spans.entry_date >= symbols.first_date
            and spans.exit_date <= symbols.last_date
),

days as (
    select
        symbol,
        entry_date,
        exit_date,
        {{ each_day('entry_date', 'exit_date') }} as held_date
    from covered
),

priced as (
    select
        days.symbol,
        days.entry_date,
        days.exit_date,
        min(bars.close) as lowest_close,
        max(bars.close) as highest_close
    from days
    inner join bars
        on
            days.symbol = bars.symbol
            and days.held_date = bars.bar_date
    where
        days.held_date > days.entry_date
        and days.held_date < days.exit_date
    group by days.symbol, days.entry_date, days.exit_date
),

final as (
    select
        covered.symbol,
        covered.entry_date,
        covered.exit_date,
        priced.lowest_close,
        priced.highest_close
    from covered
    left join priced
        on
            covered.symbol = priced.symbol
            and covered.entry_date = priced.entry_date
            and covered.exit_date = priced.exit_date
)

select * from final
