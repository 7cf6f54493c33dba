-- One row per symbol per day: the regime that was in force at the day's close.
with

labelled as (
    select
        symbol,
        bar_date,
        close,
        volatility_14d,
        trend_strength_20d,
        volatility_lower_third,
        volatility_upper_third,
        vol_band_raw,
        trend_bucket_raw,
        pair_raw
    from {{ ref('int_market_regimes_labelled') }}
),

adopted as (
    select
        symbol,
        bar_date,
        vol_band,
        trend_bucket
    from {{ ref('int_market_regimes_adopted') }}
),

final as (
    select
        labelled.symbol,
        cast(labelled.bar_date as timestamp) as ts,
        adopted.vol_band,
        adopted.trend_bucket,
        {{ regime_name('adopted.vol_band', 'adopted.trend_bucket') }} as regime,
        labelled.vol_band_raw,
        labelled.trend_bucket_raw,
        {{ regime_name('labelled.vol_band_raw', 'labelled.trend_bucket_raw') }} as regime_raw,
        case
            when adopted.vol_band is not null then null
            when labelled.volatility_14d = 0 then 'flat'
            when labelled.pair_raw is null then 'warm_up'
            else 'dwell'
        end as null_reason,
        labelled.close,
        labelled.volatility_14d,
        labelled.trend_strength_20d,
        labelled.volatility_lower_third,
        labelled.volatility_upper_third
    from labelled
    inner join adopted
        on
            labelled.symbol = adopted.symbol
            and labelled.bar_date = adopted.bar_date
)

select * from final
