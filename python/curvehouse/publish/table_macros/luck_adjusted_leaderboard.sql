-- The best backtest of each run, strategy and symbol, by its deflated Sharpe ratio: how probable it
-- is that its Sharpe ratio is more than the luck of as many trials. The basis is excess (beyond
-- holding the same symbol) or total.
-- Example: from luck_adjusted_leaderboard('excess', 10)
create macro luck_adjusted_leaderboard(wanted_basis, row_limit) as table
    select
        row_number() over (
            order by
                round(overfitting.deflated_sharpe_ratio, 10) desc nulls last,
                overfitting.run_id asc,
                overfitting.strategy asc,
                overfitting.symbol asc
        ) as place,
        overfitting.run_id,
        overfitting.strategy,
        overfitting.symbol,
        overfitting.best_backtest_id,
        backtests.params,
        overfitting.deflated_sharpe_ratio,
        overfitting.overfitting_probability,
        overfitting.trial_count,
        overfitting.deflated_sharpe_status,
        overfitting.overfitting_status,
        summary.cagr,
        summary.sharpe_ratio,
        summary.max_drawdown
    from fct_overfitting as overfitting
    left join dim_backtests as backtests
        on overfitting.best_backtest_id = backtests.backtest_id
    left join fct_backtest_summary as summary
        on overfitting.best_backtest_id = summary.backtest_id
    where overfitting.basis = wanted_basis
    order by place
    limit row_limit
