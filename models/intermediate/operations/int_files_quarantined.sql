-- One row per file identity that is in quarantine now: the latest that is known of it is a fault.
-- A file whose run is not known is identified by the folder that waits, as dataset.
with

files as (
    select
        load_id,
        backtest_id,
        run_id,
        file_kind,
        strategy,
        param_hash,
        dataset,
        file_path,
        status,
        reason_code,
        reason,
        line_number,
        loaded_at
    from {{ ref('stg_files') }}
),

ranked as (
    select
        load_id,
        backtest_id,
        run_id,
        file_kind,
        file_path,
        status,
        reason_code,
        reason,
        line_number,
        loaded_at,
        row_number() over (
            partition by file_kind, run_id, strategy, param_hash, dataset
            order by load_id desc
        ) as recency
    from files
),

final as (
    select
        load_id,
        backtest_id,
        run_id,
        file_kind,
        file_path,
        reason_code,
        reason,
        line_number,
        loaded_at
    from ranked
    where
        recency = 1
        and status = 'quarantined'
)

select * from final
