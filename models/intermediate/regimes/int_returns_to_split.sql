-- One row per backtest per day, of the backtests that fct_regime_performance lacks.
with

backtests as (
    select
        backtest_id,
        input_version,
        regime_symbol,
        periods_per_year
    from {{ ref('int_backtests_to_split') }}
),

equity as (
    select
        backtest_id,
        equity_date,
        simple_return,
        log_return
    from {{ ref('fct_equity_daily') }}
),

final as (
    select
        backtests.backtest_id,
        backtests.input_version,
        backtests.regime_symbol,
        equity.equity_date,
        equity.simple_return,
        equity.log_return,
        backtests.periods_per_year
    from equity
    inner join backtests on equity.backtest_id = backtests.backtest_id
)

select * from final
