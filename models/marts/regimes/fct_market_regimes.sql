-- One row per symbol per day: the regime that was in force at the day's close.
with

labelled as (
    select
        symbol,
        bar_date,
        vol_band,
        trend_bucket,
        vol_band_raw,
        trend_bucket_raw,
        null_reason,
        close,
        volatility_14d,
        trend_strength_20d,
        volatility_lower_third,
        volatility_upper_third
    from {{ ref('int_market_regimes_labelled') }}
),

final as (
    select
        symbol,
        cast(bar_date as timestamp) as ts,
        {{ label_name('vol_band', 'vol_band') }} as vol_band,
        {{ label_name('trend_bucket', 'trend_bucket') }} as trend_bucket,
        {{ regime_name('vol_band', 'trend_bucket') }} as regime,
        {{ label_name('vol_band_raw', 'vol_band') }} as vol_band_raw,
        {{ label_name('trend_bucket_raw', 'trend_bucket') }} as trend_bucket_raw,
        {{ regime_name('vol_band_raw', 'trend_bucket_raw') }} as regime_raw,
        {{ label_name('null_reason', 'null_reason') }} as null_reason,
        close,
        volatility_14d,
        trend_strength_20d,
        volatility_lower_third,
        volatility_upper_third
    from labelled
)

select * from final
