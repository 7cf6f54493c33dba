select
    dim_backtests.backtest_id,
    dim_backtests.run_id,
    dim_backtests.strategy,
    dim_backtests.symbol,
    dim_backtests.seed,
    dim_backtests.params,
    dim_backtests.is_resampled,
    fct_backtest_summary.start_date,
    fct_backtest_summary.end_date,
    fct_backtest_summary.total_return,
    fct_backtest_summary.cagr,
    fct_backtest_summary.annual_volatility,
    fct_backtest_summary.sharpe_ratio,
    fct_backtest_summary.probabilistic_sharpe_ratio,
    fct_backtest_summary.sortino_ratio,
    fct_backtest_summary.max_drawdown,
    fct_backtest_summary.calmar_ratio,
    fct_backtest_summary.trade_count,
    count(*) over () as backtest_count
from fct_backtest_summary
inner join dim_backtests on fct_backtest_summary.backtest_id = dim_backtests.backtest_id
order by round(fct_backtest_summary.sharpe_ratio, 10) desc nulls last, dim_backtests.backtest_id
limit $row_limit
