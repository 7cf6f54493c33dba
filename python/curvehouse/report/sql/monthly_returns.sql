select
    year(fct_returns_monthly.month_start_date) as year,
    month(fct_returns_monthly.month_start_date) as month,
    fct_returns_monthly.monthly_return,
    fct_returns_monthly.is_open,
    fct_returns_yearly.yearly_return
from fct_returns_monthly
left join
    fct_returns_yearly
    on
        fct_returns_monthly.backtest_id = fct_returns_yearly.backtest_id
        and date_trunc('year', fct_returns_monthly.month_start_date)
        = fct_returns_yearly.year_start_date
where fct_returns_monthly.backtest_id = $backtest_id
order by fct_returns_monthly.month_start_date
