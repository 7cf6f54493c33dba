-- One row per loaded manifest.
with

runs as (
    select
        load_id,
        run_id,
        created_at,
        strategies,
        param_grid,
        seeds,
        flags,
        resample,
        manifest,
        total_jobs,
        starting_cash,
        fee_bps,
        slippage_bps
    from {{ source('raw', 'runs') }}
),

final as (
    select
        load_id,
        run_id,
        created_at,
        strategies,
        param_grid,
        seeds,
        flags,
        resample,
        manifest,
        total_jobs as planned_count,
        {{ finite('starting_cash') }} as starting_cash,
        {{ finite('fee_bps') }} as fee_bps,
        {{ finite('slippage_bps') }} as slippage_bps
    from runs
)

select * from final
