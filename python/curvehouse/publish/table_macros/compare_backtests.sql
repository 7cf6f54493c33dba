-- The headline metrics of two backtests side by side, each over its own days. The better side is
-- NULL where they are equal, one is NULL, or neither high nor low is better.
-- Example: from compare_backtests('0f7d172bd03fe4e2', '2f8e1ecb90285a49')
create macro compare_backtests(left_backtest, right_backtest) as table
    with

    sides as (
        select
            metric,
            max(case when backtest_id = left_backtest then value end) as left_value,
            max(case when backtest_id = right_backtest then value end) as right_value
        from fct_backtest_metrics
        where backtest_id in (left_backtest, right_backtest)
        group by metric
    )

    select
        catalogue.family,
        catalogue.metric,
        catalogue.unit,
        sides.left_value,
        sides.right_value,
        sides.left_value - sides.right_value as difference,
        case
            when round(sides.left_value, 10) = round(sides.right_value, 10) then null
            when (sides.left_value > sides.right_value) = catalogue.is_higher_better then 'left'
            when (sides.left_value < sides.right_value) = catalogue.is_higher_better then 'right'
        end as better_side
    from sides
    inner join dim_metrics as catalogue on sides.metric = catalogue.metric
    where catalogue.is_in_summary
    order by catalogue.family, catalogue.metric
