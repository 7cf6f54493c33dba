-- One row per backtest whose days are to be labelled, with the version of its curve.
-- Resampled histories are left out: their dates are not the days that they show.
with

versions as (
    {{ followed_versions('fct_rolling_daily') }}
),

backtests as (
    select backtest_id
    from {{ ref('int_backtests_identified') }}
    where not is_resampled
),

final as (
    select
        versions.backtest_id,
        versions.input_version
    from versions
    inner join backtests on versions.backtest_id = backtests.backtest_id
)

select * from final
