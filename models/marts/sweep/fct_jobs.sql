-- One row per job that was planned or landed.
with

jobs_landed as (
    select
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
        has_curve,
        has_trades
    from {{ ref('int_jobs_landed') }}
),

final as (
    select
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
        has_curve,
        has_trades
    from jobs_landed
)

select * from final
