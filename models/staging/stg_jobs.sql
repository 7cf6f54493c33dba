-- One row per job line of a loaded job list or imported curve.
with

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
    from {{ source('raw', 'jobs') }}
),

final as (
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
        {{ finite('seconds') }} as seconds,
        {{ finite('starting_cash') }} as starting_cash
    from jobs
)

select * from final
