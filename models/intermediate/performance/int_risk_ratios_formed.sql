-- One row per backtest with daily equity: its risk by other measures than the usual ones, and
-- what was earned for it. Two constants are of the normal distribution: its 5 % quantile, and the
-- mean below that.
with

statistics as (
    select
        backtest_id,
        return_count,
        mean_return,
        return_stddev,
        gain_sum,
        loss_sum,
        gain_day_count,
        loss_day_count,
        max_drawdown,
        drawdown_mean,
        drawdown_stddev,
        drawdown_square_sum,
        skewness,
        kurtosis,
        autocorrelation,
        autocorrelation_penalty
    from {{ ref('int_backtest_statistics') }}
),

annualised as (
    select
        backtest_id,
        total_return,
        annual_return,
        sharpe_ratio,
        sortino_ratio
    from {{ ref('int_backtest_statistics_annualised') }}
),

measured as (
    select
        backtest_id,
        gain_sum - loss_sum as return_sum,
        cast(return_count as double) as return_count,
        mean_return - 1.6448536269514722e0 * return_stddev as value_at_risk_gaussian,
        mean_return - 2.0627128075074249e0 * return_stddev
            as conditional_value_at_risk_gaussian,
        sqrt(drawdown_square_sum / nullif(return_count - 1, 0)) as ulcer_index,
        2.0627128075074249e0 * drawdown_stddev - drawdown_mean as drawdown_at_risk
    from statistics
),

final as (
    select
        statistics.backtest_id,
        statistics.mean_return / nullif(statistics.return_stddev, 0) as risk_return_ratio,
        statistics.autocorrelation,
        statistics.autocorrelation_penalty,
        annualised.sharpe_ratio / statistics.autocorrelation_penalty as smart_sharpe_ratio,
        annualised.sortino_ratio / statistics.autocorrelation_penalty as smart_sortino_ratio,
        annualised.sortino_ratio / sqrt(2e0) as adjusted_sortino_ratio,
        annualised.sortino_ratio / statistics.autocorrelation_penalty / sqrt(2e0)
            as smart_adjusted_sortino_ratio,
        annualised.annual_return * measured.return_count
        / nullif(statistics.gain_day_count + statistics.loss_day_count, 0)
            as risk_adjusted_return,
        measured.value_at_risk_gaussian,
        measured.conditional_value_at_risk_gaussian,
        measured.ulcer_index,
        (annualised.total_return - {{ var('risk_free_rate') }}) / nullif(measured.ulcer_index, 0)
            as ulcer_performance_index,
        (measured.return_sum - {{ var('risk_free_rate') }}) * statistics.return_stddev
        / nullif(measured.ulcer_index * measured.drawdown_at_risk, 0) as serenity_index,
        (measured.return_sum - {{ var('risk_free_rate') }})
        / nullif(abs(statistics.max_drawdown), 0) as recovery_factor,
        statistics.skewness * (measured.return_count - 2)
        / nullif(sqrt(measured.return_count * (measured.return_count - 1)), 0)
            as skewness_biased,
        (
            statistics.kurtosis * (measured.return_count - 2) * (measured.return_count - 3)
            / nullif(measured.return_count - 1, 0)
            - 6
        )
        / nullif(measured.return_count + 1, 0) as kurtosis_biased
    from statistics
    inner join annualised on statistics.backtest_id = annualised.backtest_id
    inner join measured on statistics.backtest_id = measured.backtest_id
)

select * from final
