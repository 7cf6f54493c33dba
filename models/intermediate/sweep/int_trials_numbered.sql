-- One row per planned job on the real history, numbered by run, strategy and symbol, with its
-- Sharpe ratio where it has one.
with

jobs as (
    select
        backtest_id,
        run_id,
        strategy,
        coalesce(symbol, '') as symbol
    from {{ ref('int_jobs_landed') }}
),

runs as (
    select run_id
    from {{ ref('int_runs_described') }}
    where resample = 'none'
),

sharpe_ratios as (
    select
        backtest_id,
        periods_per_year,
        sharpe_per_bar,
        skewness,
        kurtosis,
        return_count
    from {{ ref('int_sharpe_ratios_per_bar') }}
),

final as (
    select
        dense_rank() over (
            order by jobs.run_id, jobs.strategy, jobs.symbol
        ) as group_number,
        row_number() over (
            order by jobs.run_id, jobs.strategy, jobs.symbol, jobs.backtest_id
        ) as trial_number,
        jobs.backtest_id,
        jobs.run_id,
        jobs.strategy,
        jobs.symbol,
        sharpe_ratios.periods_per_year,
        sharpe_ratios.sharpe_per_bar,
        sharpe_ratios.skewness,
        sharpe_ratios.kurtosis,
        sharpe_ratios.return_count
    from jobs
    inner join runs on jobs.run_id = runs.run_id
    left join sharpe_ratios on jobs.backtest_id = sharpe_ratios.backtest_id
)

select * from final
