-- One row per load: what became of every file that was read, newest last.
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
        timezone,
        line_number,
        byte_count,
        row_count,
        day_count,
        duplicate_row_count,
        reordered_row_count,
        loaded_at
    from {{ ref('stg_files') }}
),

active_files as (
    select load_id
    from {{ ref('int_files_active') }}
),

final as (
    select
        files.load_id,
        files.backtest_id,
        files.run_id,
        files.file_kind,
        files.dataset,
        files.file_path,
        files.file_sha256,
        files.status,
        files.reason_code,
        files.reason,
        files.timezone,
        files.line_number,
        files.byte_count,
        files.row_count,
        files.day_count,
        files.duplicate_row_count,
        files.reordered_row_count,
        active_files.load_id is not null as is_in_force,
        files.loaded_at
    from files
    left join active_files on files.load_id = active_files.load_id
)

select * from final
