-- Every curve in 32 equal stretches of days; the lowest and highest equity of each are kept.
with shown as (
    select backtest_id
    from fct_backtest_summary
    order by round(sharpe_ratio, 10) desc nulls last, backtest_id
    limit $row_limit
),

numbered as (
    select
        fct_equity_daily.backtest_id,
        fct_equity_daily.equity,
        row_number() over curve - 1 as day_index,
        count(*) over (partition by fct_equity_daily.backtest_id) as day_count
    from fct_equity_daily
    inner join shown on fct_equity_daily.backtest_id = shown.backtest_id
    window curve as (
        partition by fct_equity_daily.backtest_id order by fct_equity_daily.equity_date
    )
),

stretches as (
    select
        backtest_id,
        day_index * 32 // day_count as stretch,
        min(equity) as lowest,
        max(equity) as highest,
        arg_min(day_index, equity) <= arg_max(day_index, equity) as is_lowest_first
    from numbered
    group by backtest_id, stretch
)

select
    backtest_id,
    list(stretch order by stretch) as stretches,
    list(lowest order by stretch) as lowest,
    list(highest order by stretch) as highest,
    list(is_lowest_first order by stretch) as is_lowest_first
from stretches
group by backtest_id
order by backtest_id
