-- One row per backtest, factor set, estimation window and factor: its part of return and risk.
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
        factor,
        fit_status,
        contribution,
        attributed_return,
        risk_share
    from {{ ref('int_attributions_fitted') }}
    where row_kind = 'contribution'
),

final as (
    select
        attributions_fitted.backtest_id,
        attributions_fitted.factor_set,
        attributions_fitted.estimation_window,
        attributions_fitted.factor,
        attributions_fitted.fit_status,
        attributions_fitted.contribution,
        case
            when
                abs({{ rounded('attributions_fitted.attributed_return') }})
                >= {{ var('contribution_min_return') }}
                then 100 * attributions_fitted.contribution / attributions_fitted.attributed_return
        end as contrib_pct,
        100 * attributions_fitted.risk_share as risk_contribution_pct
    from attributions_fitted
    inner join wanted
        on
            attributions_fitted.backtest_id = wanted.backtest_id
            and attributions_fitted.factor_set = wanted.factor_set
)

select * from final
