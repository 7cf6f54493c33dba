-- One row per symbol per day: the pair of labels in force, adopted once it has held long enough.
-- A day without labels ends what was in force; the wait starts anew after it.
with

labelled as (
    select
        symbol,
        bar_date,
        bar_number,
        vol_band_raw,
        trend_bucket_raw,
        pair_raw,
        spell_number
    from {{ ref('int_market_regimes_labelled') }}
),

counted as (
    select
        symbol,
        bar_date,
        bar_number,
        vol_band_raw,
        trend_bucket_raw,
        pair_raw,
        row_number() over (
            partition by symbol, spell_number
            order by bar_number
        ) as held_bars,
        sum(case when pair_raw is null then 1 else 0 end) over (
            partition by symbol
            order by bar_number
            rows between unbounded preceding and current row
        ) as stretch_number
    from labelled
),

confirmed as (
    select
        symbol,
        bar_date,
        bar_number,
        stretch_number,
        case
            when pair_raw is not null and held_bars >= {{ var('min_dwell_bars') }} then vol_band_raw
        end as confirmed_vol_band,
        case
            when pair_raw is not null and held_bars >= {{ var('min_dwell_bars') }}
                then trend_bucket_raw
        end as confirmed_trend_bucket
    from counted
),

final as (
    select
        symbol,
        bar_date,
        {{ last_known('confirmed_vol_band') }} over stretch as vol_band,
        {{ last_known('confirmed_trend_bucket') }} over stretch as trend_bucket
    from confirmed
    window stretch as (
        partition by symbol, stretch_number
        order by bar_number
        rows between unbounded preceding and current row
    )
)

select * from final
