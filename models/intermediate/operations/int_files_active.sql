-- One row per file identity whose latest load is in force.
with

files as (
    select
        load_id,
        backtest_id,
        run_id,
        strategy,
        param_hash,
        file_kind,
        dataset,
        file_sha256,
        settings,
        timezone,
        row_count,
        day_count,
        status
    from {{ ref('stg_files') }}
    where status in ('loaded', 'retracted')
),

ranked as (
    select
        load_id,
        backtest_id,
        run_id,
        file_kind,
        dataset,
        file_sha256,
        settings,
        timezone,
        row_count,
        day_count,
        status,
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
        dataset,
        file_sha256,
        settings,
        timezone,
        row_count,
        day_count
    from ranked
    where
        recency = 1
        and status = 'loaded'
)

select * from final
