-- Two curves on the days that both have: growth since the first of these, drawdowns within them,
-- and returns since the common day before.
-- Example: from compare_curves('0f7d172bd03fe4e2', '2f8e1ecb90285a49')
create macro compare_curves(left_backtest, right_backtest) as table
    with

    left_days as (
        select
            equity_date,
            equity
        from fct_equity_daily where backtest_id = left_backtest
    ),

    right_days as (
        select
            equity_date,
            equity
        from fct_equity_daily where backtest_id = right_backtest
    ),

    grown as (
        select
            left_days.equity_date,
            left_days.equity / nullif(first_value(left_days.equity) over days, 0) as left_growth,
            right_days.equity / nullif(first_value(right_days.equity) over days, 0) as right_growth
        from left_days
        inner join right_days on left_days.equity_date = right_days.equity_date
        window days as (order by left_days.equity_date rows unbounded preceding)
    )

    select
        equity_date,
        left_growth,
        right_growth,
        left_growth / nullif(lag(left_growth) over each_day, 0) - 1 as left_return,
        right_growth / nullif(lag(right_growth) over each_day, 0) - 1 as right_return,
        left_growth / nullif(max(left_growth) over so_far, 0) - 1 as left_drawdown,
        right_growth / nullif(max(right_growth) over so_far, 0) - 1 as right_drawdown
    from grown
    window
        each_day as (order by equity_date),
        so_far as (order by equity_date rows unbounded preceding)
    order by equity_date
