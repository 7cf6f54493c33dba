-- One row per parameter of a strategy on a symbol in a run: how much growth depends on it.
with

parameters_measured as (
    select
        run_id,
        strategy,
        symbol,
        param_name,
        best_value,
        cagr_range_mean,
        cagr_range_max,
        value_count,
        slice_count,
        is_best_at_grid_edge
    from {{ ref('int_parameters_measured') }}
),

final as (
    select
        run_id,
        strategy,
        symbol,
        param_name,
        best_value,
        cagr_range_mean,
        cagr_range_max,
        value_count,
        slice_count,
        is_best_at_grid_edge
    from parameters_measured
)

select * from final
