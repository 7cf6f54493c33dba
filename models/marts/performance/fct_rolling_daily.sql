-- One row per backtest per day: trailing figures, NULL until their window is full.
{{
    config(**kept_by_backtest(
        follows='fct_equity_daily',
        fitted_by='int_curves_rolled',
    ))
}}
with

{{ fitted_versions(
    this.name,
    follows='fct_equity_daily',
    fitted_by='int_curves_rolled',
) }},

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
        returns_rolled.backtest_id,
        returns_rolled.equity_date,
        returns_rolled.volatility_14d,
        returns_rolled.volatility_63d,
        returns_rolled.volatility_252d,
        returns_rolled.sharpe_63d,
        returns_rolled.sharpe_252d,
        returns_rolled.sortino_63d,
        returns_rolled.sortino_252d,
        returns_rolled.trend_strength_20d,
        returns_rolled.drawdown,
        returns_rolled.drawdown_63d,
        returns_rolled.drawdown_252d
    from returns_rolled
    inner join fitted on returns_rolled.backtest_id = fitted.backtest_id
)

select * from final
