-- One row per strategy and symbol of a run: growth over its grid points, and its jobs by status.
with

strategies_measured as (
    select
        run_id,
        strategy,
        symbol,
        robust_cagr_median,
        robust_cagr_p05,
        robust_cagr_p95,
        cagr_neighbour_rms,
        param_sensitivity_score,
        planned_count,
        ok_count,
        no_trades_count,
        ruined_count,
        crashed_count,
        timed_out_count,
        non_finite_equity_count,
        missing_count,
        quarantined_count,
        grid_point_count,
        measured_point_count,
        neighbour_pair_count
    from {{ ref('int_strategies_measured') }}
),

final as (
    select
        run_id,
        strategy,
        symbol,
        robust_cagr_median,
        robust_cagr_p05,
        robust_cagr_p95,
        robust_cagr_p95 - robust_cagr_p05 as cagr_spread,
        cagr_neighbour_rms,
        param_sensitivity_score,
        {{ failure_rate('planned_count', 'ok_count', 'no_trades_count') }} as failure_rate,
        planned_count,
        ok_count,
        no_trades_count,
        ruined_count,
        crashed_count,
        timed_out_count,
        non_finite_equity_count,
        missing_count,
        quarantined_count,
        grid_point_count,
        measured_point_count,
        neighbour_pair_count
    from strategies_measured
)

select * from final
