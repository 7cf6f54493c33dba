-- One row per backtest whose days are missing from fct_backtest_regimes.
with

{{ versions_to_fit('fct_backtest_regimes', follows='int_curve_regime_versions') }},

final as (
    select
        backtest_id,
        input_version
    from missing
)

select * from final
