-- One row per run: its manifest in force, or a bare row where curves came without one.
with

active_files as (
    select load_id
    from {{ ref('int_files_active') }}
    where file_kind in ('manifest', 'jobs', 'equity', 'trades')
),

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
        planned_count,
        starting_cash,
        fee_bps,
        slippage_bps
    from {{ ref('stg_runs') }}
),

jobs as (
    select
        load_id,
        run_id
    from {{ ref('stg_jobs') }}
),

manifests as (
    select
        runs.run_id,
        runs.created_at,
        runs.strategies,
        runs.param_grid,
        runs.seeds,
        runs.flags,
        runs.resample,
        runs.manifest,
        runs.planned_count,
        runs.starting_cash,
        runs.fee_bps,
        runs.slippage_bps
    from runs
    inner join active_files on runs.load_id = active_files.load_id
),

run_ids as (
    select jobs.run_id
    from jobs
    inner join active_files on jobs.load_id = active_files.load_id
    union
    select manifests.run_id
    from manifests
),

final as (
    select
        run_ids.run_id,
        manifests.created_at,
        manifests.strategies,
        manifests.param_grid,
        manifests.seeds,
        manifests.flags,
        coalesce(manifests.resample, 'none') as resample,
        manifests.manifest,
        manifests.planned_count,
        manifests.starting_cash,
        manifests.fee_bps,
        manifests.slippage_bps,
        manifests.run_id is null as is_import
    from run_ids
    left join manifests on run_ids.run_id = manifests.run_id
)

select * from final
