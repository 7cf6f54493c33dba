select
    drawdown_rank,
    depth,
    peak_date,
    trough_date,
    recovery_date,
    decline_days,
    recovery_days,
    total_days,
    is_open
from fct_drawdowns
where backtest_id = $backtest_id and drawdown_rank <= 5
order by drawdown_rank
