-- The returns of a backtest as a calendar: one row per year, one column per month, and the year.
-- NULL where it has no day.
-- Example: from monthly_returns('0f7d172bd03fe4e2')
create macro monthly_returns(wanted_backtest) as table
    with

    months as (
        select
            date_trunc('year', month_start_date)::date as year_start_date,
            month(month_start_date) as month_number,
            monthly_return
        from fct_returns_monthly
        where backtest_id = wanted_backtest
    )

    select
        year(months.year_start_date) as calendar_year,
        max(case when months.month_number = 1 then months.monthly_return end) as january,
        max(case when months.month_number = 2 then months.monthly_return end) as february,
        max(case when months.month_number = 3 then months.monthly_return end) as march,
        max(case when months.month_number = 4 then months.monthly_return end) as april,
        max(case when months.month_number = 5 then months.monthly_return end) as may,
        max(case when months.month_number = 6 then months.monthly_return end) as june,
        max(case when months.month_number = 7 then months.monthly_return end) as july,
        max(case when months.month_number = 8 then months.monthly_return end) as august,
        max(case when months.month_number = 9 then months.monthly_return end) as september,
        max(case when months.month_number = 10 then months.monthly_return end) as october,
        max(case when months.month_number = 11 then months.monthly_return end) as november,
        max(case when months.month_number = 12 then months.monthly_return end) as december,
        max(years.yearly_return) as yearly_return
    from months
    inner join fct_returns_yearly as years on months.year_start_date = years.year_start_date
    where years.backtest_id = wanted_backtest
    group by months.year_start_date
    order by months.year_start_date
