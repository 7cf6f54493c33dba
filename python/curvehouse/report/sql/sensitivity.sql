select
    strategy,
    symbol,
    param_name,
    value_count,
    slice_count,
    cagr_range_mean,
    cagr_range_max,
    best_value,
    is_best_at_grid_edge
from fct_parameter_sensitivity
where run_id = $run_id and value_count > 1
order by strategy, param_name, symbol
