-- One row per backtest per calendar year that has a day of its curve.
{{ config(**kept_by_backtest(follows='fct_returns_monthly')) }}
with

years_compounded as (
    select
        backtest_id,
        year_start_date,
        first_date,
        last_date,
        day_count,
        starting_equity,
        final_equity,
        yearly_return,
        is_first_period,
        is_open
    from {{ ref('int_years_compounded') }}
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
        yearly_return,
        is_first_period,
        is_open
    from years_compounded
)

select * from final
