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
        seconds
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
        {{ finite('seconds') }} as seconds
    from jobs
)

select * from final
