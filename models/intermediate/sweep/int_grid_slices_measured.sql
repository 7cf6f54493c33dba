-- One row per slice of a parameter grid: how far growth ranges while one parameter alone moves.
with

grid_values as (
    select
        run_id,
        strategy,
        symbol,
        param_name,
        slice_key,
        cagr
    from {{ ref('int_grid_values_ranked') }}
    where cagr is not null
),

final as (
    select
        run_id,
        strategy,
        symbol,
        param_name,
        slice_key,
        count(*) as point_count,
        max(cagr) - min(cagr) as cagr_range
    from grid_values
    group by run_id, strategy, symbol, param_name, slice_key
)

select * from final
