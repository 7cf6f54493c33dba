-- One row per backtest that a table kept by backtest holds, with the version of its input.
with

landed_versions as (
    select
        model_name,
        backtest_id,
        input_version,
        landed_at
    from {{ source('operations', 'landed_versions') }}
),

final as (
    select
        model_name,
        backtest_id,
        input_version,
        landed_at
    from landed_versions
)

select * from final
