-- One row per backtest per day, of the backtests that int_backtest_statistics lacks, by numbers
-- alone: they stand for the backtests in int_curves_to_summarise.
with

curves as (
    select
        backtest_id,
        curve_number
    from {{ ref('int_curves_to_summarise') }}
),

equity as (
    select
        backtest_id,
        equity_date,
        equity,
        simple_return,
        high_water_mark
    from {{ ref('fct_equity_daily') }}
),

final as (
    select
        curves.curve_number,
        equity.equity_date,
        equity.equity,
        equity.simple_return,
        equity.high_water_mark
    from equity
    inner join curves on equity.backtest_id = curves.backtest_id
)

select * from final
