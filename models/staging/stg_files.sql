-- One row per load: the ledger of what became of every file, newest last.
with

files as (
    select
        load_id,
        backtest_id,
        run_id,
        strategy,
        param_hash,
        kind,
        dataset,
        file_path,
        file_sha256,
        status,
        reason_code,
        reason,
        settings,
        timezone,
        line_number,
        byte_count,
        row_count,
        day_count,
        duplicate_row_count,
        reordered_row_count,
        loaded_at
    from {{ source('raw', 'files') }}
),

final as (
    select
        load_id,
        backtest_id,
        run_id,
        strategy,
        param_hash,
        kind as file_kind,
        dataset,
        file_path,
        file_sha256,
        status,
        reason_code,
        reason,
        settings,
        timezone,
        line_number,
        byte_count,
        row_count,
        day_count,
        duplicate_row_count,
        reordered_row_count,
        loaded_at
    from files
)

select * from final
