-- One row per backtest per day, of the backtests that fct_regime_performance lacks.
with

{{ versions_to_fit('fct_regime_performance', follows='int_regime_performance_versions') }},

backtests as (
    select
        backtest_id,
        regime_symbol,
        periods_per_year
    from {{ ref('int_regime_performance_versions') }}
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
        missing.backtest_id,
        missing.input_version,
        backtests.regime_symbol,
        equity.equity_date,
        equity.simple_return,
        equity.log_return,
        backtests.periods_per_year
    from missing
    inner join backtests on missing.backtest_id = backtests.backtest_id
    inner join equity on missing.backtest_id = equity.backtest_id
)

select * from final
