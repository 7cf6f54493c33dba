select
    fct_run_strategy_summary.strategy,
    fct_run_strategy_summary.symbol,
    fct_run_strategy_summary.grid_point_count,
    fct_run_strategy_summary.robust_cagr_median,
    fct_run_strategy_summary.robust_cagr_p05,
    fct_run_strategy_summary.robust_cagr_p95,
    fct_run_strategy_summary.param_sensitivity_score,
    fct_run_strategy_summary.failure_rate
from fct_run_strategy_summary
where fct_run_strategy_summary.run_id = $run_id
order by fct_run_strategy_summary.strategy, fct_run_strategy_summary.symbol
