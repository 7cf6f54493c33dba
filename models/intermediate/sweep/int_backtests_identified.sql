-- One row per backtest: a job that landed a curve or trades, with the figures of its run.
with

jobs as (
    select
        backtest_id,
        run_id,
        strategy,
        param_hash,
        symbol,
        params,
        status,
        seed,
        has_curve,
        has_trades
    from {{ ref('int_jobs_landed') }}
    where has_curve or has_trades
),

runs as (
    select
        run_id,
        resample,
        starting_cash
    from {{ ref('int_runs_described') }}
),

calendars as (
    select
        subject_id,
        periods_per_year
    from {{ ref('int_calendars_decided') }}
    where subject_kind = 'backtest'
),

final as (
    select
        jobs.backtest_id,
        jobs.run_id,
        jobs.strategy,
        jobs.param_hash,
        jobs.symbol,
        jobs.seed,
        jobs.params,
        jobs.status,
        runs.starting_cash,
        calendars.periods_per_year,
        runs.resample <> 'none' as is_resampled,
        jobs.has_curve,
        jobs.has_trades
    from jobs
    inner join runs on jobs.run_id = runs.run_id
    left join calendars on jobs.backtest_id = calendars.subject_id
)

select * from final
