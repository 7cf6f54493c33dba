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

labelled as (
    select
        trends.symbol,
        trends.bar_date,
        trends.bar_number,
        trends.close,
        trends.volatility_14d,
        trends.trend_strength_20d,
        bounds.volatility_lower_third,
        bounds.volatility_upper_third,
        case
            when trends.volatility_14d = 0 then null
            when
                {{ rounded('trends.volatility_14d') }} <= {{ rounded('bounds.volatility_lower_third') }}
                then 'low'
            when
                {{ rounded('trends.volatility_14d') }} <= {{ rounded('bounds.volatility_upper_third') }}
                then 'mid'
            when
                {{ rounded('trends.volatility_14d') }} > {{ rounded('bounds.volatility_upper_third') }}
                then 'high'
        end as vol_band_raw,
        case
            when {{ rounded('trends.trend_strength_20d') }} < -{{ var('trend_threshold') }} then 'down'
            when {{ rounded('trends.trend_strength_20d') }} > {{ var('trend_threshold') }} then 'up'
            when trends.trend_strength_20d is not null then 'flat'
        end as trend_bucket_raw
    from trends
    inner join bounds
        on
            trends.symbol = bounds.symbol
            and trends.bar_date = bounds.bar_date
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
