-- One row per backtest: its headline statistics. NULL where there is no curve or too little.
with

backtests as (
    select
        backtest_id,
        run_id,
        strategy,
        symbol,
        periods_per_year
    from {{ ref('int_backtests_identified') }}
),

statistics as (
    select
        backtest_id,
        start_date,
        end_date,
        day_count,
        final_equity
    from {{ ref('int_backtest_statistics') }}
),

drawdowns as (
    select
        backtest_id,
        max_drawdown_peak_date,
        max_drawdown_trough_date,
        max_drawdown_recovery_date
    from {{ ref('int_drawdowns_summarised') }}
),

metrics as (
    select
        backtest_id,
        total_return,
        cagr,
        annual_return,
        annual_volatility,
        sharpe_ratio,
        sharpe_ratio_std_error_mertens,
        probabilistic_sharpe_ratio,
        min_track_record_bars,
        sortino_ratio,
        calmar_ratio,
        max_drawdown,
        average_drawdown,
        longest_drawdown_days,
        ulcer_index,
        downside_risk,
        omega_ratio,
        gain_to_pain_ratio,
        payoff_ratio,
        tail_ratio,
        value_at_risk,
        conditional_value_at_risk,
        stability_of_timeseries,
        skewness,
        kurtosis,
        best_day,
        worst_day,
        best_month,
        worst_month,
        win_rate,
        win_rate_monthly,
        time_in_market,
        alpha,
        beta,
        correlation,
        tracking_error,
        information_ratio_annual,
        up_capture,
        down_capture,
        trade_count,
        trade_win_rate,
        trade_profit_factor,
        expectancy,
        average_trade_days,
        system_quality_number
    from {{ ref('int_metrics_joined') }}
),

final as (
    select
        backtests.backtest_id,
        backtests.run_id,
        statistics.start_date,
        statistics.end_date,
        drawdowns.max_drawdown_peak_date,
        drawdowns.max_drawdown_trough_date,
        drawdowns.max_drawdown_recovery_date,
        backtests.strategy,
        backtests.symbol,
        backtests.periods_per_year,
        statistics.day_count,
        statistics.final_equity,
        metrics.total_return,
        metrics.cagr,
        metrics.annual_return,
        metrics.annual_volatility,
        metrics.sharpe_ratio,
        metrics.sharpe_ratio_std_error_mertens,
        metrics.probabilistic_sharpe_ratio,
        metrics.min_track_record_bars,
        metrics.sortino_ratio,
        metrics.calmar_ratio,
        metrics.max_drawdown,
        metrics.average_drawdown,
        metrics.longest_drawdown_days,
        metrics.ulcer_index,
        metrics.downside_risk,
        metrics.omega_ratio,
        metrics.gain_to_pain_ratio,
        metrics.payoff_ratio,
        metrics.tail_ratio,
        metrics.value_at_risk,
        metrics.conditional_value_at_risk,
        metrics.stability_of_timeseries,
        metrics.skewness,
        metrics.kurtosis,
        metrics.best_day,
        metrics.worst_day,
        metrics.best_month,
        metrics.worst_month,
        metrics.win_rate,
        metrics.win_rate_monthly,
        metrics.time_in_market,
        metrics.alpha,
        metrics.beta,
        metrics.correlation,
        metrics.tracking_error,
        metrics.information_ratio_annual,
        metrics.up_capture,
        metrics.down_capture,
        metrics.trade_count,
        metrics.trade_win_rate,
        metrics.trade_profit_factor,
        metrics.expectancy,
        metrics.average_trade_days,
        metrics.system_quality_number
    from backtests
    left join statistics on backtests.backtest_id = statistics.backtest_id
    left join drawdowns on backtests.backtest_id = drawdowns.backtest_id
    inner join metrics on backtests.backtest_id = metrics.backtest_id
)

select * from final
