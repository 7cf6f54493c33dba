-- All days of a curve of up to $whole_days days. Of a longer one, in $stretch_count equal stretches:
-- the days with the lowest and highest equity, the deepest drawdown and the worst return of each.
with numbered as (
    select
        portfolio_date,
        equity,
        simple_return,
        drawdown,
        count(*) over () as day_count,
        (row_number() over (order by portfolio_date) - 1)
        * $stretch_count // count(*) over () as stretch
    from fct_portfolio_daily
    where portfolio_id = $portfolio_id
),

told as (
    select
        stretch,
        min(portfolio_date) as first_date,
        max(portfolio_date) as last_date,
        arg_min(portfolio_date, equity) as lowest_date,
        arg_max(portfolio_date, equity) as highest_date,
        arg_min(portfolio_date, drawdown) as deepest_date,
        arg_min(portfolio_date, simple_return) as worst_date
    from numbered
    group by stretch
)

select
    numbered.portfolio_date as equity_date,
    numbered.equity,
    numbered.drawdown,
    numbered.day_count
from numbered
inner join told on numbered.stretch = told.stretch
where
    numbered.day_count <= $whole_days
    or numbered.portfolio_date in (
        told.lowest_date, told.highest_date, told.deepest_date, told.worst_date
    )
    or (numbered.stretch = 0 and numbered.portfolio_date = told.first_date)
    or (numbered.stretch = $stretch_count - 1 and numbered.portfolio_date = told.last_date)
order by numbered.portfolio_date
