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

points as (
    select
        run_id,
        cagr
    from {{ ref('int_grid_points_reduced') }}
),

spread as (
    select
        run_id,
        count(*) as grid_point_count,
        count(cagr) as measured_point_count,
        {{ quantile('cagr', '0.5') }} as robust_cagr_median,
        {{ quantile('cagr', '0.05') }} as robust_cagr_p05,
        {{ quantile('cagr', '0.95') }} as robust_cagr_p95
    from points
    group by run_id
),

final as (
    select
        jobs_counted.run_id,
        spread.robust_cagr_median,
        spread.robust_cagr_p05,
        spread.robust_cagr_p95,
        spread.robust_cagr_p95 - spread.robust_cagr_p05 as cagr_spread,
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
        coalesce(spread.grid_point_count, 0) as grid_point_count,
        coalesce(spread.measured_point_count, 0) as measured_point_count
    from jobs_counted
    left join spread on jobs_counted.run_id = spread.run_id
)

select * from final
