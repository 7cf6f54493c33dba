-- One row per run: growth over all of its grid points, and its jobs by status.
with

jobs_counted as (
    select
        run_id,
        param_sensitivity_score,
        planned_count,
        ok_count,
        no_trades_count,
        ruined_count,
        crashed_count,
        timed_out_count,
        non_finite_equity_count,
        missing_count,
        quarantined_count
    from {{ ref('int_run_jobs_counted') }}
),

growth as (
    select
        run_id,
        robust_cagr_median,
        robust_cagr_p05,
        robust_cagr_p95,
        grid_point_count,
        measured_point_count
    from {{ ref('int_run_growth_measured') }}
),

final as (
    select
        jobs_counted.run_id,
        growth.robust_cagr_median,
        growth.robust_cagr_p05,
        growth.robust_cagr_p95,
        growth.robust_cagr_p95 - growth.robust_cagr_p05 as cagr_spread,
        jobs_counted.param_sensitivity_score,
        {{ failure_rate(
            'jobs_counted.planned_count', 'jobs_counted.ok_count', 'jobs_counted.no_trades_count'
        ) }} as failure_rate,
        jobs_counted.planned_count,
        jobs_counted.ok_count,
        jobs_counted.no_trades_count,
        jobs_counted.ruined_count,
        jobs_counted.crashed_count,
        jobs_counted.timed_out_count,
        jobs_counted.non_finite_equity_count,
        jobs_counted.missing_count,
        jobs_counted.quarantined_count,
        coalesce(growth.grid_point_count, 0) as grid_point_count,
        coalesce(growth.measured_point_count, 0) as measured_point_count
    from jobs_counted
    left join growth on jobs_counted.run_id = growth.run_id
)

select * from final
