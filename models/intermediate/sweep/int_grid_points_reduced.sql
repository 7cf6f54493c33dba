-- One row per grid point: a strategy's parameters on a symbol in a run, its seeds reduced to one.
-- A ruined job counts as -1 and one without trades as 0; what has no growth to show stays out.
-- Growth of a short wild curve may be beyond what can be squared, and is cut off.
with

jobs as (
    select
        backtest_id,
        run_id,
        strategy,
        symbol,
        params,
        status
    from {{ ref('int_jobs_landed') }}
),

statistics as (
    select
        backtest_id,
        cagr
    from {{ ref('int_backtest_statistics_annualised') }}
),

measured as (
    select
        jobs.backtest_id,
        jobs.run_id,
        jobs.strategy,
        coalesce(jobs.symbol, '') as symbol,
        jobs.params,
        case
            when jobs.status = 'ruined' then -1e0
            when jobs.status = 'no_trades' then 0e0
            when jobs.status = 'ok' and statistics.cagr > 1e30 then 1e30
            when jobs.status = 'ok' then statistics.cagr
        end as cagr
    from jobs
    left join statistics on jobs.backtest_id = statistics.backtest_id
),

final as (
    select
        min(backtest_id) as point_id,
        run_id,
        strategy,
        symbol,
        params,
        {{ quantile('cagr', '0.5') }} as cagr
    from measured
    group by run_id, strategy, symbol, params
)

select * from final
