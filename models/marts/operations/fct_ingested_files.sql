-- One row per load: every file that was loaded, quarantined or retracted, newest last.
with

files as (
    select
        load_id,
        backtest_id,
        run_id,
        file_kind,
        dataset,
        file_path,
        file_sha256,
        status,
        reason_code,
        reason,
        line_number,
        byte_count,
        row_count,
        loaded_at
    from {{ ref('stg_files') }}
),

final as (
    select
        load_id,
        backtest_id,
        run_id,
        file_kind,
        dataset,
        file_path,
        file_sha256,
        status,
        reason_code,
        reason,
        line_number,
        byte_count,
        row_count,
        loaded_at
    from files
)

select * from final
