-- One row per backtest per day: trailing figures, NULL until their window is full.
{{ config(**kept_by_backtest(follows='fct_equity_daily')) }}
with

returns_rolled as (
    select
        backtest_id,
        equity_date,
        volatility_14d,
        volatility_63d,
        sharpe_63d,
        trend_strength_20d,
        drawdown
    from {{ ref('int_returns_rolled') }}
),

final as (
    select
        backtest_id,
        equity_date,
        volatility_14d,
        volatility_63d,
        sharpe_63d,
        trend_strength_20d,
        drawdown
    from returns_rolled
)

select * from final
