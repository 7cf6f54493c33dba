-- One row per backtest per day, of the backtests that fct_backtest_uncertainty lacks.
with

{{ versions_to_fit('fct_backtest_uncertainty', follows='int_bootstrap_versions') }},

backtests as (
    select
        backtest_id,
        periods_per_year
    from {{ ref('int_backtests_identified') }}
),

equity as (
    select
        backtest_id,
        equity_date,
        simple_return
    from {{ ref('fct_equity_daily') }}
),

final as (
    select
        missing.backtest_id,
        missing.input_version,
        equity.equity_date,
        equity.simple_return,
        backtests.periods_per_year
    from missing
    inner join backtests on missing.backtest_id = backtests.backtest_id
    inner join equity on missing.backtest_id = equity.backtest_id
)

select * from final
