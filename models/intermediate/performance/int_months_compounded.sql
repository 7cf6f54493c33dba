-- One row per backtest per calendar month that has a day, of the backtests that
-- fct_returns_monthly lacks. A month runs from the last equity before it, however long ago that
-- was; the first month from the starting equity.
with

{{ missing_versions('fct_returns_monthly', follows='fct_equity_daily') }},

equity as (
    select
        backtest_id,
        equity_date,
        equity,
        simple_return,
        high_water_mark
    from {{ ref('fct_equity_daily') }}
),

placed as (
    select
        equity.backtest_id,
        cast(date_trunc('month', equity.equity_date) as date) as month_start_date,
        equity.equity_date,
        equity.equity,
        -- Of a curve's first day, which has the starting equity as its peak unless it rose.
        case
            when equity.simple_return > 0 then equity.equity / (1 + equity.simple_return)
            else equity.high_water_mark
        end as starting_equity
    from equity
    inner join missing on equity.backtest_id = missing.backtest_id
),

months as (
    select
        backtest_id,
        month_start_date,
        min(equity_date) as first_date,
        max(equity_date) as last_date,
        count(*) as day_count,
        min_by(starting_equity, equity_date) as starting_equity,
        max_by(equity, equity_date) as final_equity
    from placed
    group by backtest_id, month_start_date
),

neighbours as (
    select
        backtest_id,
        month_start_date,
        first_date,
        last_date,
        day_count,
        lag(final_equity) over in_order as equity_before,
        starting_equity,
        final_equity,
        lead(month_start_date) over in_order as next_month_date
    from months
    window in_order as (partition by backtest_id order by month_start_date)
),

final as (
    select
        backtest_id,
        month_start_date,
        first_date,
        last_date,
        day_count,
        coalesce(equity_before, starting_equity) as starting_equity,
        final_equity,
        final_equity / nullif(coalesce(equity_before, starting_equity), 0) - 1 as monthly_return,
        equity_before is null as is_first_period,
        next_month_date is null as is_open
    from neighbours
)

select * from final
