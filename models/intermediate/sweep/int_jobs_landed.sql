-- One row per job that was planned or landed, with what became of it.
-- A job that says it has a curve but brought none is missing, or quarantined where it was refused.
with

active_files as (
    select
        load_id,
        backtest_id,
        file_kind
    from {{ ref('int_files_active') }}
),

refused_files as (
    select backtest_id
    from {{ ref('int_files_quarantined') }}
    where
        file_kind in ('equity', 'jobs')
        and backtest_id is not null
    group by backtest_id
),

jobs as (
    select
        load_id,
        backtest_id,
        run_id,
        started_at,
        strategy,
        param_hash,
        symbol,
        params,
        status,
        error,
        seed,
        seconds,
        starting_cash
    from {{ ref('stg_jobs') }}
),

current_jobs as (
    select
        jobs.backtest_id,
        jobs.run_id,
        jobs.started_at,
        jobs.strategy,
        jobs.param_hash,
        jobs.symbol,
        jobs.params,
        jobs.status,
        jobs.error,
        jobs.seed,
        jobs.seconds,
        jobs.starting_cash,
        row_number() over (
            partition by jobs.backtest_id
            order by
                case when active_files.file_kind = 'trades' then 1 else 0 end asc,
                jobs.load_id desc
        ) as recency
    from jobs
    inner join active_files on jobs.load_id = active_files.load_id
),

landed as (
    select
        backtest_id,
        max(case when file_kind = 'equity' then 1 else 0 end) = 1 as has_curve,
        max(case when file_kind = 'trades' then 1 else 0 end) = 1 as has_trades
    from active_files
    where file_kind in ('equity', 'trades')
    group by backtest_id
),

final as (
    select
        current_jobs.backtest_id,
        current_jobs.run_id,
        current_jobs.started_at,
        current_jobs.strategy,
        current_jobs.param_hash,
        current_jobs.symbol,
        current_jobs.params,
        case
            when
                coalesce(landed.has_curve, false)
                or current_jobs.status not in ('ok', 'no_trades', 'ruined')
                then current_jobs.status
            when refused_files.backtest_id is not null then 'quarantined'
            when coalesce(landed.has_trades, false) then current_jobs.status
            else 'missing'
        end as status,
        current_jobs.error,
        current_jobs.seed,
        current_jobs.seconds,
        current_jobs.starting_cash,
        coalesce(landed.has_curve, false) as has_curve,
        coalesce(landed.has_trades, false) as has_trades
    from current_jobs
    left join landed on current_jobs.backtest_id = landed.backtest_id
    left join refused_files on current_jobs.backtest_id = refused_files.backtest_id
    where current_jobs.recency = 1
)

select * from final
