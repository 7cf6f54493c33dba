-- All days of up to $whole_days days; of more, the extremes of both ratios in $stretch_count stretches.
with numbered as (
    select
        equity_date,
        sharpe_63d,
        sharpe_252d,
        count(*) over () as day_count,
        (row_number() over (order by equity_date) - 1)
        * $stretch_count // count(*) over () as stretch
    from fct_rolling_daily
    where backtest_id = $backtest_id
),

told as (
    select
        stretch,
        max(equity_date) as last_date,
        arg_min(equity_date, sharpe_63d) as lowest_date,
        arg_max(equity_date, sharpe_63d) as highest_date,
        arg_min(equity_date, sharpe_252d) as lowest_year_date,
        arg_max(equity_date, sharpe_252d) as highest_year_date
    from numbered
    group by stretch
)

select
    numbered.equity_date,
    numbered.sharpe_63d,
    numbered.sharpe_252d,
    numbered.day_count
from numbered
inner join told on numbered.stretch = told.stretch
where
    numbered.day_count <= $whole_days
    or numbered.equity_date in (
        told.last_date,
        told.lowest_date,
        told.highest_date,
        told.lowest_year_date,
        told.highest_year_date
    )
order by numbered.equity_date
