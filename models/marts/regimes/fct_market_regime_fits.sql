-- One row per symbol, number of states and year: the model that the year's days are read with.
{{
    config(**kept_by_backtest(
        follows='int_market_state_versions',
        fitted_by='int_market_states_fitted',
        key=state_fit_key(),
    ))
}}
with

{{ missing_versions(
    this.name,
    follows='int_market_state_versions',
    key=state_fit_key(),
) }},

fitted as (
    select
        symbol,
        state_count,
        fit_year,
        input_version,
        fit_status,
        log_likelihood,
        state_1_mean_return,
        state_2_mean_return,
        state_3_mean_return,
        state_1_return_stddev,
        state_2_return_stddev,
        state_3_return_stddev,
        transition_1_1,
        transition_1_2,
        transition_1_3,
        transition_2_1,
        transition_2_2,
        transition_2_3,
        transition_3_1,
        transition_3_2,
        transition_3_3,
        return_count,
        {{ state_fit_key() }} as fit_key
    from {{ ref('int_market_states_fitted') }}
),

final as (
    select
        fitted.symbol,
        fitted.state_count,
        fitted.fit_year,
        fitted.fit_status,
        fitted.log_likelihood,
        fitted.state_1_mean_return,
        fitted.state_2_mean_return,
        fitted.state_3_mean_return,
        fitted.state_1_return_stddev,
        fitted.state_2_return_stddev,
        fitted.state_3_return_stddev,
        fitted.transition_1_1,
        fitted.transition_1_2,
        fitted.transition_1_3,
        fitted.transition_2_1,
        fitted.transition_2_2,
        fitted.transition_2_3,
        fitted.transition_3_1,
        fitted.transition_3_2,
        fitted.transition_3_3,
        fitted.return_count
    from fitted
    inner join missing
        on
            fitted.fit_key = missing.backtest_id
            and fitted.input_version = missing.input_version
)

select * from final
