-- One row per symbol per day: the day's own labels, and how long the pair has held.
with

trends as (
    select
        symbol,
        bar_date,
        bar_number,
        close,
        volatility_14d,
        trend_strength_20d
    from {{ ref('int_market_trends') }}
),

bounds as (
    select
        symbol,
        bar_date,
        volatility_lower_third,
        volatility_upper_third
    from {{ ref('int_market_volatility_bounds') }}
),

measured as (
    select
        trends.symbol,
        trends.bar_date,
        trends.bar_number,
        trends.close,
        trends.volatility_14d,
        trends.trend_strength_20d,
        bounds.volatility_lower_third,
        bounds.volatility_upper_third,
        {{ rounded('trends.volatility_14d') }} as volatility,
        {{ rounded('trends.trend_strength_20d') }} as trend_strength,
        {{ rounded('bounds.volatility_lower_third') }} as lower_third,
        {{ rounded('bounds.volatility_upper_third') }} as upper_third
    from trends
    inner join bounds
        on
            trends.symbol = bounds.symbol
            and trends.bar_date = bounds.bar_date
),

labelled as (
    select
        symbol,
        bar_date,
        bar_number,
        close,
        volatility_14d,
        trend_strength_20d,
        volatility_lower_third,
        volatility_upper_third,
        case
            when volatility_14d = 0 then null
            when volatility <= lower_third then 'low'
            when volatility <= upper_third then 'mid'
            when volatility > upper_third then 'high'
        end as vol_band_raw,
        case
            when trend_strength < -{{ var('trend_threshold') }} then 'down'
            when trend_strength > {{ var('trend_threshold') }} then 'up'
            when trend_strength is not null then 'flat'
        end as trend_bucket_raw
    from measured
),

paired as (
    select
        symbol,
        bar_date,
        bar_number,
        close,
        volatility_14d,
        trend_strength_20d,
        volatility_lower_third,
        volatility_upper_third,
        vol_band_raw,
        trend_bucket_raw,
        vol_band_raw || '-' || trend_bucket_raw as pair_raw
    from labelled
),

compared as (
    select
        symbol,
        bar_date,
        bar_number,
        close,
        volatility_14d,
        trend_strength_20d,
        volatility_lower_third,
        volatility_upper_third,
        vol_band_raw,
        trend_bucket_raw,
        pair_raw,
        case
            when pair_raw = lag(pair_raw) over (partition by symbol order by bar_number) then 0
            else 1
        end as is_new_pair
    from paired
),

final as (
    select
        symbol,
        bar_date,
        bar_number,
        close,
        volatility_14d,
        trend_strength_20d,
        volatility_lower_third,
        volatility_upper_third,
        vol_band_raw,
        trend_bucket_raw,
        pair_raw,
        sum(is_new_pair) over (
            partition by symbol
            order by bar_number
            rows between unbounded preceding and current row
        ) as spell_number
    from compared
)

select * from final
