-- One row per run, strategy, symbol and basis, on the real history: how much of the best is luck.
with

overfitting_measured as (
    select
        run_id,
        strategy,
        symbol,
        basis,
        best_backtest_id,
        deflated_sharpe_status,
        overfitting_status,
        best_sharpe_per_bar,
        best_beta,
        sharpe_stddev_per_bar,
        expected_best_sharpe_per_bar,
        deflated_sharpe_ratio,
        overfitting_probability,
        trial_count,
        sharpe_count,
        return_count,
        compared_curve_count,
        compared_day_count
    from {{ ref('int_overfitting_measured') }}
),

final as (
    select
        run_id,
        strategy,
        symbol,
        basis,
        best_backtest_id,
        deflated_sharpe_status,
        overfitting_status,
        best_sharpe_per_bar,
        best_beta,
        sharpe_stddev_per_bar,
        expected_best_sharpe_per_bar,
        deflated_sharpe_ratio,
        overfitting_probability,
        trial_count,
        sharpe_count,
        return_count,
        compared_curve_count,
        compared_day_count
    from overfitting_measured
)

select * from final
