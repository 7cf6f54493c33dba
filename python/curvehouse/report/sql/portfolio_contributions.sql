select
    fct_portfolio_contributions.source,
    fct_portfolio_contributions.backtest_id,
    fct_portfolio_contributions.weight_mean,
    fct_portfolio_contributions.profit,
    fct_portfolio_contributions.return_share,
    fct_portfolio_contributions.risk_share,
    fct_portfolio_contributions.cagr_change_without,
    fct_portfolio_contributions.max_drawdown_change_without,
    fct_portfolio_contributions.leave_one_out_status,
    fct_portfolio_contributions.held_day_count,
    dim_backtests.strategy,
    dim_backtests.params,
    dim_backtests.seed,
    dim_backtests.symbol,
    dim_backtests.is_resampled
from fct_portfolio_contributions
left join dim_backtests on fct_portfolio_contributions.backtest_id = dim_backtests.backtest_id
where fct_portfolio_contributions.portfolio_id = $portfolio_id
order by
    round(fct_portfolio_contributions.risk_share, 10) desc nulls last,
    fct_portfolio_contributions.source
