{#
    The metrics of fct_backtest_metrics, by the model that has each as a column. What they are
    stands in seeds/metric_definitions.csv, which a test holds against this list.
#}
{% macro metric_sources() %}
    {{ return({
        'int_backtest_statistics_annualised': [
            'total_return', 'cagr', 'annual_return', 'annual_volatility', 'sharpe_ratio',
            'sortino_ratio', 'calmar_ratio', 'omega_ratio', 'max_drawdown', 'downside_risk',
            'tail_ratio', 'value_at_risk', 'conditional_value_at_risk',
            'stability_of_timeseries', 'skewness', 'kurtosis', 'best_day', 'worst_day',
            'win_rate',
        ],
        'int_sharpe_ratios_judged': [
            'probabilistic_sharpe_ratio', 'min_track_record_bars', 'sharpe_ratio_std_error_lo',
            'sharpe_ratio_std_error_mertens',
        ],
        'int_day_ratios_formed': [
            'mean_daily_return', 'median_daily_return', 'daily_volatility',
            'expected_daily_return', 'expected_weekly_return', 'time_in_market',
            'average_return', 'average_win', 'average_loss', 'payoff_ratio', 'profit_factor',
            'profit_ratio', 'gain_to_pain_ratio', 'gain_to_pain_ratio_monthly',
            'common_sense_ratio', 'cpc_index', 'outlier_win_ratio', 'outlier_loss_ratio',
            'kelly_criterion', 'risk_of_ruin', 'consecutive_wins', 'consecutive_losses',
            'best_week', 'worst_week', 'win_rate_weekly', 'return_mtd', 'return_3m',
            'return_6m', 'return_ytd', 'return_1y', 'annual_return_3y', 'annual_return_5y',
            'annual_return_10y',
        ],
        'int_risk_ratios_formed': [
            'risk_return_ratio', 'autocorrelation', 'autocorrelation_penalty',
            'smart_sharpe_ratio', 'smart_sortino_ratio', 'adjusted_sortino_ratio',
            'smart_adjusted_sortino_ratio', 'risk_adjusted_return', 'value_at_risk_gaussian',
            'conditional_value_at_risk_gaussian', 'ulcer_index', 'ulcer_performance_index',
            'serenity_index', 'recovery_factor', 'skewness_biased', 'kurtosis_biased',
        ],
        'int_periods_summarised': [
            'expected_monthly_return', 'expected_yearly_return', 'best_month', 'worst_month',
            'best_quarter', 'worst_quarter', 'best_year', 'worst_year',
            'average_winning_month', 'average_losing_month', 'win_rate_monthly',
            'win_rate_quarterly', 'win_rate_yearly',
        ],
        'int_drawdowns_summarised': [
            'drawdown_count', 'average_drawdown', 'average_drawdown_days',
            'longest_drawdown_days', 'max_drawdown_days',
        ],
        'int_benchmark_ratios_formed': [
            'benchmark_day_count', 'benchmark_annual_return', 'excess_return', 'alpha',
            'alpha_arithmetic', 'beta', 'correlation', 'r_squared', 'tracking_error',
            'information_ratio', 'information_ratio_annual', 'treynor_ratio',
            'treynor_ratio_annual', 'capture', 'up_capture', 'down_capture',
            'up_down_capture', 'up_alpha', 'up_beta', 'down_alpha', 'down_beta',
            'batting_average', 'batting_average_up', 'batting_average_down',
            'beta_fragility_heuristic',
        ],
        'int_trade_ratios_formed': [
            'trade_count', 'open_trade_count', 'closed_trade_count', 'trade_win_rate',
            'trade_profit_factor', 'expectancy', 'trade_profit', 'trade_fees',
            'average_winning_trade', 'average_losing_trade', 'trade_payoff_ratio',
            'largest_winning_trade', 'largest_losing_trade', 'longest_trade_winning_streak',
            'longest_trade_losing_streak', 'average_trade_days',
            'average_winning_trade_days', 'average_losing_trade_days',
            'system_quality_number', 'trade_kelly_criterion',
        ],
        'fct_backtest_uncertainty': [
            'sharpe_ratio_p05', 'sharpe_ratio_p95', 'cagr_p05', 'cagr_p95',
            'max_drawdown_resampled_p05', 'max_drawdown_resampled_p95', 'gpd_threshold',
            'gpd_scale', 'gpd_shape', 'gpd_value_at_risk', 'gpd_expected_shortfall',
        ],
    }) }}
{% endmacro %}
