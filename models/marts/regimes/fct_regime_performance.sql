-- One row per backtest, basis and market regime.
{{
    config(**kept_by_backtest(
        follows='int_regime_performance_versions',
        fitted_by='int_regime_performance_measured',
    ))
}}
with

{{ missing_versions(this.name, follows='int_regime_performance_versions') }},

measured as (
    select
        backtest_id,
        input_version,
        basis,
        regime,
        regime_symbol,
        test_status,
        log_return_sum,
        mean_return,
        annual_volatility,
        hit_rate,
        worst_day,
        p_value,
        p_value_adjusted,
        day_count,
        spell_count,
        shift_count
    from {{ ref('int_regime_performance_measured') }}
),

final as (
    select
        measured.backtest_id,
        measured.basis,
        measured.regime,
        measured.regime_symbol,
        measured.test_status,
        measured.log_return_sum,
        measured.mean_return,
        measured.annual_volatility,
        measured.hit_rate,
        measured.worst_day,
        measured.p_value,
        measured.p_value_adjusted,
        measured.day_count,
        measured.spell_count,
        measured.shift_count
    from measured
    inner join missing
        on
            measured.backtest_id = missing.backtest_id
            and measured.input_version = missing.input_version
)

select * from final
