-- One row per backtest that is to be resampled: the best of each run by Sharpe ratio.
-- Resampled histories are left out: they serve the summary of their run only.
with

statistics as (
    select
        backtest_id,
        sharpe_ratio
    from {{ ref('int_backtest_statistics_annualised') }}
    where sharpe_ratio is not null
),

backtests as (
    select
        backtest_id,
        run_id
    from {{ ref('int_backtests_identified') }}
    where not is_resampled
),

versions as (
    {{ followed_versions('int_backtest_statistics') }}
),

ranked as (
    select
        statistics.backtest_id,
        versions.input_version,
        row_number() over (
            partition by backtests.run_id
            order by
                {{ rounded('statistics.sharpe_ratio') }} desc nulls last,
                statistics.backtest_id asc
        ) as sharpe_rank
    from statistics
    inner join backtests on statistics.backtest_id = backtests.backtest_id
    inner join versions on statistics.backtest_id = versions.backtest_id
),

final as (
    select
        backtest_id,
        input_version
    from ranked
    where sharpe_rank <= {{ var('bootstrap_top_n') }}
)

select * from final
