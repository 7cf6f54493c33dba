-- One row per backtest whose rows are missing from fct_regime_performance.
-- A table: of a view with this many joins DuckDB guesses too many rows, and then holds all days of
-- all curves in memory to find those of the few.
with

{{ versions_to_fit('fct_regime_performance', follows='int_regime_performance_versions') }},

backtests as (
    select
        backtest_id,
        regime_symbol,
        periods_per_year
    from {{ ref('int_regime_performance_versions') }}
),

final as (
    select
        missing.backtest_id,
        missing.input_version,
        backtests.regime_symbol,
        backtests.periods_per_year
    from missing
    inner join backtests on missing.backtest_id = backtests.backtest_id
)

select * from final
