-- One row per symbol and day of entry that has a bar before it: what was known before that day.
-- Only bars and labels dated before the day count, also where the entry was at its close.
with

entries as (
    select
        symbol,
        entry_date
    from {{ ref('int_trades_to_describe') }}
    group by symbol, entry_date
),

bars_trailed as (
    select
        symbol,
        bar_date,
        first_close,
        volatility
    from {{ ref('int_bars_trailed') }}
),

regimes as (
    select
        symbol,
        bar_date,
        vol_band,
        trend_bucket
    from {{ ref('int_market_regimes_labelled') }}
),

in_order as (
    select
        symbol,
        bar_date as event_date,
        bar_date,
        1 as event_rank
    from bars_trailed
    union all
    select
        symbol,
        entry_date as event_date,
        cast(null as date) as bar_date,
        0 as event_rank
    from entries
),

carried as (
    select
        symbol,
        event_date,
        event_rank,
        {{ last_known('bar_date') }} over (
            partition by symbol
            order by event_date, event_rank
            rows between unbounded preceding and current row
        ) as bar_date
    from in_order
),

recent as (
    select
        symbol,
        event_date as entry_date,
        bar_date
    from carried
    where
        event_rank = 0
        and {{ days_between('bar_date', 'event_date') }} <= {{ var('entry_bar_age_days') }}
),

final as (
    select
        recent.symbol,
        recent.entry_date,
        bars_trailed.first_close,
        bars_trailed.volatility,
        regimes.vol_band,
        regimes.trend_bucket
    from recent
    inner join bars_trailed
        on
            recent.symbol = bars_trailed.symbol
            and recent.bar_date = bars_trailed.bar_date
    left join regimes
        on
            recent.symbol = regimes.symbol
            and recent.bar_date = regimes.bar_date
)

select * from final
