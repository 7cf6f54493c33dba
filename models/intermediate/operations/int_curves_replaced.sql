-- One row per curve in force that replaced an earlier load of the same backtest.
with

files as (
    select
        load_id,
        backtest_id,
        loaded_at
    from {{ ref('stg_files') }}
    where
        file_kind = 'equity'
        and status = 'loaded'
),

active_files as (
    select load_id
    from {{ ref('int_files_active') }}
    where file_kind = 'equity'
),

ordered as (
    select
        load_id,
        backtest_id,
        loaded_at,
        lag(load_id) over (
            partition by backtest_id
            order by load_id
        ) as previous_load_id
    from files
),

final as (
    select
        ordered.backtest_id,
        ordered.load_id,
        ordered.previous_load_id,
        ordered.loaded_at
    from ordered
    inner join active_files on ordered.load_id = active_files.load_id
    where ordered.previous_load_id is not null
)

select * from final
