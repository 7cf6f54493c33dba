-- One row per backtest per day: the regime of its own curve that was in force at the day's close.
{{
    config(**kept_by_backtest(
        follows='int_curve_regime_versions',
        fitted_by='int_backtest_regimes_labelled',
    ))
}}
with

{{ fitted_versions(
    this.name,
    follows='int_curve_regime_versions',
    fitted_by='int_backtest_regimes_labelled',
) }},

labelled as (
    select
        backtest_id,
        equity_date,
        vol_band,
        trend_bucket,
        vol_band_raw,
        trend_bucket_raw,
        null_reason,
        volatility_14d,
        trend_strength_20d,
        volatility_lower_third,
        volatility_upper_third,
        is_ruined
    from {{ ref('int_backtest_regimes_labelled') }}
),

final as (
    select
        labelled.backtest_id,
        labelled.equity_date,
        {{ label_name('labelled.vol_band', 'vol_band') }} as vol_band,
        {{ label_name('labelled.trend_bucket', 'trend_bucket') }} as trend_bucket,
        {{ regime_name('labelled.vol_band', 'labelled.trend_bucket') }} as regime,
        {{ label_name('labelled.vol_band_raw', 'vol_band') }} as vol_band_raw,
        {{ label_name('labelled.trend_bucket_raw', 'trend_bucket') }} as trend_bucket_raw,
        {{ regime_name('labelled.vol_band_raw', 'labelled.trend_bucket_raw') }} as regime_raw,
        case
            when labelled.null_reason is not null and labelled.is_ruined then 'ruined'
            else {{ label_name('labelled.null_reason', 'null_reason') }}
        end as null_reason,
        labelled.volatility_14d,
        labelled.trend_strength_20d,
        labelled.volatility_lower_third,
        labelled.volatility_upper_third
    from labelled
    inner join fitted on labelled.backtest_id = fitted.backtest_id
)

select * from final
