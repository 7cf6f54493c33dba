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
        starting_cash,
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
        subject_kind,
        subject_id,
        frequency,
        periods_per_year,
        has_weekends
    from {{ ref('int_calendars_decided') }}
    where subject_kind in ('backtest', 'trades')
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
        coalesce(calendars.frequency, 'daily') as frequency,
        coalesce(jobs.starting_cash, runs.starting_cash) as starting_cash,
        calendars.periods_per_year,
        coalesce(calendars.has_weekends, false) as has_weekends,
        runs.resample <> 'none' as is_resampled,
        jobs.has_curve,
        jobs.has_trades
    from jobs
    inner join runs on jobs.run_id = runs.run_id
    left join calendars
        on
            jobs.backtest_id = calendars.subject_id
            and calendars.subject_kind = case when jobs.has_curve then 'backtest' else 'trades' end
)

select * from final
