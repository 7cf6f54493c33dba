-- One row per backtest per day: trailing figures, NULL until their window is full.
{{ config(**kept_by_backtest(follows='fct_equity_daily')) }}
with

returns_rolled as (
    select
        backtest_id,
        equity_date,
        volatility_14d,
        volatility_63d,
        volatility_252d,
        sharpe_63d,
        sharpe_252d,
        sortino_63d,
        sortino_252d,
        trend_strength_20d,
        drawdown,
        drawdown_63d,
        drawdown_252d
    from {{ ref('int_returns_rolled') }}
),

final as (
    select
        backtest_id,
        equity_date,
        volatility_14d,
        volatility_63d,
        volatility_252d,
        sharpe_63d,
        sharpe_252d,
        sortino_63d,
        sortino_252d,
        trend_strength_20d,
        drawdown,
        drawdown_63d,
        drawdown_252d
    from returns_rolled
)

select * from final
