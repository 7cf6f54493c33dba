-- One row per backtest per calendar year that has a day, of the backtests that
-- fct_returns_yearly lacks: its months, end to end.
with

{{ missing_versions('fct_returns_yearly', follows='fct_returns_monthly') }},

months as (
    select
        backtest_id,
        month_start_date,
        first_date,
        last_date,
        day_count,
        starting_equity,
        final_equity,
        is_first_period,
        is_open
    from {{ ref('fct_returns_monthly') }}
),

placed as (
    select
        months.backtest_id,
        cast(date_trunc('year', months.month_start_date) as date) as year_start_date,
        months.month_start_date,
        months.first_date,
        months.last_date,
        months.day_count,
        months.starting_equity,
        months.final_equity,
        case when months.is_first_period then 1 else 0 end as first_period,
        case when months.is_open then 1 else 0 end as open_period
    from months
    inner join missing on months.backtest_id = missing.backtest_id
),

years as (
    select
        backtest_id,
        year_start_date,
        min(first_date) as first_date,
        max(last_date) as last_date,
        cast(sum(day_count) as bigint) as day_count,
        min_by(starting_equity, month_start_date) as starting_equity,
        max_by(final_equity, month_start_date) as final_equity,
        max(first_period) = 1 as is_first_period,
        max(open_period) = 1 as is_open
    from placed
    group by backtest_id, year_start_date
),

final as (
    select
        backtest_id,
        year_start_date,
        first_date,
        last_date,
        day_count,
        starting_equity,
        final_equity,
        final_equity / nullif(starting_equity, 0) - 1 as yearly_return,
        is_first_period,
        is_open
    from years
)

select * from final
