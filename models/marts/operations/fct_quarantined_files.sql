-- One row per file that is in quarantine now: refused, and not replaced since.
with

files_quarantined as (
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
    from {{ ref('int_files_quarantined') }}
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
    from files_quarantined
)

select * from final
