-- One row per backtest, factor set and estimation window: its last window, and the span attributed.
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
        base_date,
        attributed_from,
        fit_status,
        beta_market,
        beta_momentum,
        beta_size,
        alpha_annual,
        alpha_std_error_annual,
        alpha_residual_cagr,
        r_squared,
        condition_number,
        attributed_return,
        observation_count,
        attributed_count
    from {{ ref('int_attributions_fitted') }}
    where row_kind = 'attribution'
),

final as (
    select
        attributions_fitted.backtest_id,
        attributions_fitted.factor_set,
        attributions_fitted.estimation_window,
        attributions_fitted.as_of_date,
        attributions_fitted.base_date,
        attributions_fitted.attributed_from,
        attributions_fitted.fit_status,
        attributions_fitted.beta_market,
        attributions_fitted.beta_momentum,
        attributions_fitted.beta_size,
        attributions_fitted.alpha_annual,
        attributions_fitted.alpha_std_error_annual,
        {{ finite(
            'attributions_fitted.alpha_annual / nullif(attributions_fitted.alpha_std_error_annual, 0)'
        ) }} as alpha_t_stat,
        attributions_fitted.alpha_residual_cagr,
        attributions_fitted.r_squared,
        attributions_fitted.condition_number,
        attributions_fitted.attributed_return,
        attributions_fitted.observation_count,
        attributions_fitted.attributed_count as exposed_day_count,
        attributions_fitted.factor_set = '{{ var('default_factor_set') }}' as is_default_set
    from attributions_fitted
    inner join wanted
        on
            attributions_fitted.backtest_id = wanted.backtest_id
            and attributions_fitted.factor_set = wanted.factor_set
)

select * from final
