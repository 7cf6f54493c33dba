-- One row per backtest per calendar day of a sparse curve: its last known equity.
with

observed as (
    select
        backtest_id,
        equity_date,
        equity,
        first_equity
    from {{ ref('int_equity_observed') }}
    where frequency = 'sparse'
),

curves as (
    select backtest_id
    from {{ ref('int_curves_to_build') }}
    where
        frequency = 'sparse'
        and not is_synthetic
),

calendar_days as (
    select
        backtest_id,
        calendar_date
    from {{ ref('int_calendar_days_spanned') }}
),

stacked as (
    select
        backtest_id,
        equity_date,
        equity,
        first_equity,
        0 as is_on_calendar
    from observed
    union all
    select
        calendar_days.backtest_id,
        calendar_days.calendar_date,
        cast(null as double) as equity,
        cast(null as double) as first_equity,
        1 as is_on_calendar
    from calendar_days
    inner join curves on calendar_days.backtest_id = curves.backtest_id
),

days as (
    select
        backtest_id,
        equity_date,
        max(equity) as equity,
        max(first_equity) as first_equity,
        max(is_on_calendar) as is_on_calendar
    from stacked
    group by backtest_id, equity_date
),

carried as (
    select
        backtest_id,
        equity_date,
        {{ last_known('equity') }} over so_far as equity,
        {{ last_known('first_equity') }} over so_far as first_equity,
        is_on_calendar,
        equity is null as is_filled
    from days
    window so_far as (
        partition by backtest_id
        order by equity_date
        rows between unbounded preceding and current row
    )
),

final as (
    select
        backtest_id,
        equity_date,
        equity,
        first_equity,
        is_filled
    from carried
    where is_on_calendar = 1
)

select * from final
