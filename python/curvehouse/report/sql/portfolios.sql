select
    dim_portfolios.portfolio_id,
    dim_portfolios.status,
    dim_portfolios.rebalance_cadence,
    dim_portfolios.portfolio_policy,
    dim_portfolios.select_run_id,
    dim_portfolios.select_metric,
    dim_portfolios.select_top,
    dim_portfolios.min_strategies,
    dim_portfolios.max_weight,
    dim_portfolios.cost_bps,
    dim_portfolios.member_count,
    fct_portfolio_summary.start_date,
    fct_portfolio_summary.end_date,
    fct_portfolio_summary.total_return,
    fct_portfolio_summary.portfolio_cagr,
    fct_portfolio_summary.portfolio_max_dd,
    fct_portfolio_summary.annual_volatility,
    fct_portfolio_summary.sharpe_ratio,
    fct_portfolio_summary.diversification_benefit,
    fct_portfolio_summary.turnover,
    fct_portfolio_summary.total_cost,
    fct_portfolio_summary.cash_weight_mean,
    fct_portfolio_summary.rebalance_count
from dim_portfolios
left join fct_portfolio_summary on dim_portfolios.portfolio_id = fct_portfolio_summary.portfolio_id
order by dim_portfolios.portfolio_id
