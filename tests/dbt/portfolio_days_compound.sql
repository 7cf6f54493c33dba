{# The equity of each day is that of the day before times 1 + return, 1 at the start. #}
with

days as (
    select
        portfolio_id,
        portfolio_date,
        equity,
        simple_return,
        coalesce(lag(equity) over (
            partition by portfolio_id
            order by portfolio_date
        ), 1) as equity_before
    from {{ ref('fct_portfolio_daily') }}
),

violations as (
    select
        portfolio_id,
        portfolio_date
    from days
    where abs(equity - equity_before * (1 + simple_return)) > 1e-9 * equity + 1e-12
)

select * from violations
