-- One row per backtest whose returns are split by market regime: of its symbol, else the benchmark.
-- Resampled histories are left out: their dates are not the days that they show.
with

backtests as (
    select
        backtest_id,
        periods_per_year,
        coalesce(symbol, '{{ var('benchmark_symbol') }}') as regime_symbol
    from {{ ref('int_backtests_identified') }}
    where not is_resampled
),

curve_versions as (
    {{ followed_versions('fct_rolling_daily') }}
),

market_versions as (
    select
        subject_id,
        input_version
    from {{ ref('int_regime_versions') }}
    where subject_kind = 'symbol'
),

final as (
    select
        backtests.backtest_id,
        backtests.regime_symbol,
        backtests.periods_per_year,
        {{ sha256_text(joined_fields([
            'curve_versions.input_version',
            'backtests.regime_symbol',
            'market_versions.input_version',
        ])) }} as input_version
    from backtests
    inner join curve_versions on backtests.backtest_id = curve_versions.backtest_id
    inner join market_versions on backtests.regime_symbol = market_versions.subject_id
)

select * from final
