-- One row per backtest per day, of the backtests that are to be labelled: volatility and trend.
with

curves as (
    select backtest_id
    from {{ ref('int_curves_to_label') }}
),

rolling as (
    select
        backtest_id,
        equity_date,
        volatility_14d,
        trend_strength_20d,
        drawdown
    from {{ ref('fct_rolling_daily') }}
),

final as (
    select
        rolling.backtest_id,
        rolling.equity_date,
        rolling.volatility_14d,
        rolling.trend_strength_20d,
        coalesce(rolling.drawdown <= -1, false) as is_ruined
    from rolling
    inner join curves on rolling.backtest_id = curves.backtest_id
)

select * from final
