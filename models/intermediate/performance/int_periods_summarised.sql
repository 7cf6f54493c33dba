-- One row per backtest with daily equity: what its months, quarters and years were like. Periods
-- after ruin have no return, and count for nothing; the first and the last may be parts of one.
with

statistics as (
    select
        backtest_id,
        final_equity / nullif(starting_equity, 0) as growth
    from {{ ref('int_backtest_statistics') }}
),

months as (
    select
        backtest_id,
        month_start_date,
        cast(date_trunc('quarter', month_start_date) as date) as quarter_start_date,
        starting_equity,
        final_equity,
        monthly_return
    from {{ ref('fct_returns_monthly') }}
),

years as (
    select
        backtest_id,
        yearly_return
    from {{ ref('fct_returns_yearly') }}
),

quarters as (
    select
        backtest_id,
        max_by(final_equity, month_start_date)
        / nullif(min_by(starting_equity, month_start_date), 0)
        - 1 as quarterly_return
    from months
    group by backtest_id, quarter_start_date
),

of_months as (
    select
        backtest_id,
        count(monthly_return) as month_count,
        max(monthly_return) as best_month,
        min(monthly_return) as worst_month,
        avg(case when monthly_return > 0 then monthly_return end) as average_winning_month,
        avg(case when monthly_return < 0 then monthly_return end) as average_losing_month,
        {{ share_of_winners('monthly_return') }} as win_rate_monthly
    from months
    group by backtest_id
),

of_quarters as (
    select
        backtest_id,
        max(quarterly_return) as best_quarter,
        min(quarterly_return) as worst_quarter,
        {{ share_of_winners('quarterly_return') }} as win_rate_quarterly
    from quarters
    group by backtest_id
),

of_years as (
    select
        backtest_id,
        count(yearly_return) as year_count,
        max(yearly_return) as best_year,
        min(yearly_return) as worst_year,
        {{ share_of_winners('yearly_return') }} as win_rate_yearly
    from years
    group by backtest_id
),

final as (
    select
        statistics.backtest_id,
        power(statistics.growth, 1e0 / nullif(of_months.month_count, 0)) - 1
            as expected_monthly_return,
        power(statistics.growth, 1e0 / nullif(of_years.year_count, 0)) - 1
            as expected_yearly_return,
        of_months.best_month,
        of_months.worst_month,
        of_quarters.best_quarter,
        of_quarters.worst_quarter,
        of_years.best_year,
        of_years.worst_year,
        of_months.average_winning_month,
        of_months.average_losing_month,
        of_months.win_rate_monthly,
        of_quarters.win_rate_quarterly,
        of_years.win_rate_yearly
    from statistics
    inner join of_months on statistics.backtest_id = of_months.backtest_id
    inner join of_quarters on statistics.backtest_id = of_quarters.backtest_id
    inner join of_years on statistics.backtest_id = of_years.backtest_id
)

select * from final
