-- One row per backtest that stands beside the benchmark: what its figures there rest on.
-- Resampled histories are left out: their days are not the benchmark's.
with

versions as (
    {{ followed_versions('fct_equity_daily') }}
),

backtests as (
    select backtest_id
    from {{ ref('int_backtests_identified') }}
    where not is_resampled
),

benchmark as (
    select
        symbol,
        bars_sha256
    from {{ ref('int_bar_versions') }}
    where symbol = {{ dbt.string_literal(var('benchmark_symbol')) }}
),

final as (
    select
        versions.backtest_id,
        {{ sha256_text(joined_fields([
            'versions.input_version',
            'benchmark.symbol',
            'benchmark.bars_sha256',
        ])) }} as input_version
    from versions
    inner join backtests on versions.backtest_id = backtests.backtest_id
    cross join benchmark
)

select * from final
