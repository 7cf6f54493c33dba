-- One row per symbol, number of states and year: whether its model is missing from
-- fct_market_regime_fits, and where not, what it is, since the next year's starts there.
{%- set mart = adapter.get_relation(target.database, target.schema, 'fct_market_regime_fits') -%}
{%- set null_double = 'cast(null as double) as ' %}
with

{{ versions_to_fit(
    'fct_market_regime_fits',
    follows='int_market_state_versions',
    key=state_fit_key(),
) }},

versions as (
    select
        symbol,
        state_count,
        fit_year,
        input_version,
        {{ state_fit_key() }} as fit_key
    from {{ ref('int_market_state_versions') }}
),

stored as (
    select
        symbol,
        state_count,
        fit_year,
        {{ 'fit_status' if mart else 'cast(null as string) as fit_status' }},
        {{ null_double if not mart }}state_1_mean_return,
        {{ null_double if not mart }}state_2_mean_return,
        {{ null_double if not mart }}state_3_mean_return,
        {{ null_double if not mart }}state_1_return_stddev,
        {{ null_double if not mart }}state_2_return_stddev,
        {{ null_double if not mart }}state_3_return_stddev,
        {{ null_double if not mart }}transition_1_1,
        {{ null_double if not mart }}transition_1_2,
        {{ null_double if not mart }}transition_1_3,
        {{ null_double if not mart }}transition_2_1,
        {{ null_double if not mart }}transition_2_2,
        {{ null_double if not mart }}transition_2_3,
        {{ null_double if not mart }}transition_3_1,
        {{ null_double if not mart }}transition_3_2,
        {{ null_double if not mart }}transition_3_3
    from {{ mart or ref('int_market_state_versions') }}
),

final as (
    select
        versions.symbol,
        versions.state_count,
        versions.fit_year,
        versions.input_version,
        missing.backtest_id is not null as is_missing,
        stored.fit_status,
        stored.state_1_mean_return,
        stored.state_2_mean_return,
        stored.state_3_mean_return,
        stored.state_1_return_stddev,
        stored.state_2_return_stddev,
        stored.state_3_return_stddev,
        stored.transition_1_1,
        stored.transition_1_2,
        stored.transition_1_3,
        stored.transition_2_1,
        stored.transition_2_2,
        stored.transition_2_3,
        stored.transition_3_1,
        stored.transition_3_2,
        stored.transition_3_3
    from versions
    left join missing on versions.fit_key = missing.backtest_id
    left join stored
        on
            versions.symbol = stored.symbol
            and versions.state_count = stored.state_count
            and versions.fit_year = stored.fit_year
)

select * from final
