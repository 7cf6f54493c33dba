select
    source,
    backtest_id,
    weight_mean,
    profit,
    return_share,
    risk_share,
    cagr_change_without,
    max_drawdown_change_without,
    leave_one_out_status,
    held_day_count
from fct_portfolio_contributions
where portfolio_id = $portfolio_id
order by round(risk_share, 10) desc nulls last, source
