-- One row per backtest and factor set that a table of attribution lacks.
with

{{ versions_to_fit(
    [
        'fct_factor_attribution',
        'fct_factor_exposures',
        'fct_factor_contributions',
        'fct_factor_contributions_monthly',
    ],
    follows='int_attribution_versions',
    key=attribution_subject(),
) }},

versions as (
    select
        backtest_id,
        factor_set,
        input_version,
        periods_per_year
    from {{ ref('int_attribution_versions') }}
),

final as (
    select
        versions.backtest_id,
        versions.factor_set,
        versions.input_version,
        versions.periods_per_year
    from versions
    inner join missing on versions.input_version = missing.input_version
)

select * from final
