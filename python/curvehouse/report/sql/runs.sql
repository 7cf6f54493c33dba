select
    dim_runs.run_id,
    dim_runs.created_at,
    dim_runs.resample,
    dim_runs.fee_bps,
    dim_runs.slippage_bps,
    dim_runs.starting_cash,
    dim_runs.is_import,
    fct_run_summary.planned_count,
    fct_run_summary.ok_count,
    fct_run_summary.no_trades_count,
    fct_run_summary.failure_rate,
    fct_run_summary.robust_cagr_median,
    fct_run_summary.robust_cagr_p05,
    fct_run_summary.robust_cagr_p95,
    fct_run_summary.param_sensitivity_score
from dim_runs
left join fct_run_summary on dim_runs.run_id = fct_run_summary.run_id
order by dim_runs.created_at desc nulls last, dim_runs.run_id
