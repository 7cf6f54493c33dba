-- One row per backtest, factor set, estimation window, reported day and factor.
{{
    config(**kept_by_backtest(
        follows='int_attribution_versions',
        fitted_by='int_attributions_fitted',
        key=attribution_subject(),
    ))
}}
with

{{ missing_versions(
    this.name, follows='int_attribution_versions', key=attribution_subject()
) }},

versions_fitted as (
    select
        backtest_id,
        factor_set,
        input_version
    from {{ ref('int_attributions_fitted') }}
    where input_version is not null
),

wanted as (
    select
        versions_fitted.backtest_id,
        versions_fitted.factor_set
    from versions_fitted
    inner join missing on versions_fitted.input_version = missing.input_version
),

attributions_fitted as (
    select
        backtest_id,
        factor_set,
        estimation_window,
        as_of_date,
        factor,
        fit_status,
        beta,
        std_error,
        observation_count,
        is_last
    from {{ ref('int_attributions_fitted') }}
    where row_kind = 'exposure'
),

final as (
    select
        attributions_fitted.backtest_id,
        attributions_fitted.factor_set,
        attributions_fitted.estimation_window,
        attributions_fitted.as_of_date,
        attributions_fitted.factor,
        attributions_fitted.fit_status,
        attributions_fitted.beta,
        attributions_fitted.std_error,
        {{ finite('attributions_fitted.beta / nullif(attributions_fitted.std_error, 0)') }}
            as t_stat,
        attributions_fitted.observation_count,
        attributions_fitted.is_last as is_last_day
    from attributions_fitted
    inner join wanted
        on
            attributions_fitted.backtest_id = wanted.backtest_id
            and attributions_fitted.factor_set = wanted.factor_set
)

select * from final
