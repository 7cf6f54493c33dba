-- One row per curve in force whose past differs from the load that it replaced.
with

replaced as (
    select
        backtest_id,
        load_id,
        previous_load_id,
        loaded_at
    from {{ ref('int_curves_replaced') }}
),

compared as (
    select
        backtest_id,
        first_changed_at,
        changed_row_count,
        removed_row_count,
        added_row_count
    from {{ ref('int_curves_compared') }}
    where first_changed_at is not null
),

final as (
    select
        replaced.backtest_id,
        replaced.load_id,
        replaced.previous_load_id,
        replaced.loaded_at as restated_at,
        compared.first_changed_at,
        cast(compared.changed_row_count as bigint) as changed_row_count,
        cast(compared.removed_row_count as bigint) as removed_row_count,
        cast(compared.added_row_count as bigint) as added_row_count
    from replaced
    inner join compared on replaced.backtest_id = compared.backtest_id
)

select * from final
