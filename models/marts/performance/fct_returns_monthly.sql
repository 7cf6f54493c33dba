-- One row per backtest per calendar month that has a day of its curve.
{{ config(**kept_by_backtest(follows='fct_equity_daily')) }}
with

months_compounded as (
    select
        backtest_id,
        month_start_date,
        first_date,
        last_date,
        day_count,
        starting_equity,
        final_equity,
        monthly_return,
        is_first_period,
        is_open
    from {{ ref('int_months_compounded') }}
),

final as (
    select
        backtest_id,
        month_start_date,
        first_date,
        last_date,
        day_count,
        starting_equity,
        final_equity,
        monthly_return,
        is_first_period,
        is_open
    from months_compounded
)

select * from final
