select
    dim_backtests.backtest_id,
    dim_backtests.run_id,
    dim_backtests.strategy,
    dim_backtests.symbol,
    dim_backtests.seed,
    dim_backtests.params,
    dim_backtests.frequency,
    dim_backtests.starting_cash,
    dim_backtests.is_resampled,
    fct_backtest_summary.start_date,
    fct_backtest_summary.end_date,
    fct_backtest_summary.day_count,
    fct_backtest_summary.periods_per_year,
    fct_backtest_summary.final_equity,
    fct_backtest_summary.total_return,
    fct_backtest_summary.cagr,
    fct_backtest_summary.annual_volatility,
    fct_backtest_summary.sharpe_ratio,
    fct_backtest_summary.probabilistic_sharpe_ratio,
    fct_backtest_summary.sortino_ratio,
    fct_backtest_summary.max_drawdown,
    fct_backtest_summary.max_drawdown_peak_date,
    fct_backtest_summary.max_drawdown_trough_date,
    fct_backtest_summary.calmar_ratio,
    fct_backtest_summary.worst_day,
    fct_backtest_summary.best_day,
    fct_backtest_summary.trade_count,
    fct_backtest_uncertainty.sharpe_ratio_p05,
    fct_backtest_uncertainty.sharpe_ratio_p95,
    fct_backtest_uncertainty.cagr_p05,
    fct_backtest_uncertainty.cagr_p95
from dim_backtests
inner join fct_backtest_summary on dim_backtests.backtest_id = fct_backtest_summary.backtest_id
left join
    fct_backtest_uncertainty
    on dim_backtests.backtest_id = fct_backtest_uncertainty.backtest_id
where dim_backtests.backtest_id = $backtest_id
