-- One row per run: a sweep, or an import.
with

runs_described as (
    select
        run_id,
        created_at,
        strategies,
        param_grid,
        seeds,
        flags,
        resample,
        manifest,
        planned_count,
        starting_cash,
        fee_bps,
        slippage_bps,
        is_import
    from {{ ref('int_runs_described') }}
),

final as (
    select
        run_id,
        created_at,
        strategies,
        param_grid,
        seeds,
        flags,
        resample,
        manifest,
        planned_count,
        starting_cash,
        fee_bps,
        slippage_bps,
        is_import
    from runs_described
)

select * from final
