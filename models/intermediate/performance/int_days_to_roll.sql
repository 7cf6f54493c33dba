-- One row per backtest per day, of the backtests that fct_rolling_daily lacks, by numbers alone:
-- they stand for the backtests in int_curves_to_roll.
with

curves as (
    select
        backtest_id,
        curve_number
    from {{ ref('int_curves_to_roll') }}
),

equity as (
    select
        backtest_id,
        equity_date,
        equity,
        simple_return,
        log_return,
        drawdown
    from {{ ref('fct_equity_daily') }}
),

final as (
    select
        curves.curve_number,
        equity.equity_date,
        equity.equity,
        equity.simple_return,
        equity.log_return,
        equity.drawdown
    from equity
    inner join curves on equity.backtest_id = curves.backtest_id
)

select * from final
