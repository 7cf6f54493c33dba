-- One row per backtest among the best of its run by Sharpe ratio.
{{
    config(**kept_by_backtest(
        follows='int_bootstrap_versions',
        fitted_by='int_bootstraps_fitted',
    ))
}}
with

{{ missing_versions(this.name, follows='int_bootstrap_versions') }},

bootstraps_fitted as (
    select
        backtest_id,
        input_version,
        fit_status,
        sample_count,
        sharpe_ratio_p05,
        sharpe_ratio_p95,
        cagr_p05,
        cagr_p95,
        max_drawdown_resampled_p05,
        max_drawdown_resampled_p95,
        gpd_threshold,
        gpd_scale,
        gpd_shape,
        gpd_value_at_risk,
        gpd_expected_shortfall
    from {{ ref('int_bootstraps_fitted') }}
),

final as (
    select
        bootstraps_fitted.backtest_id,
        bootstraps_fitted.fit_status,
        bootstraps_fitted.sample_count,
        bootstraps_fitted.sharpe_ratio_p05,
        bootstraps_fitted.sharpe_ratio_p95,
        bootstraps_fitted.cagr_p05,
        bootstraps_fitted.cagr_p95,
        bootstraps_fitted.max_drawdown_resampled_p05,
        bootstraps_fitted.max_drawdown_resampled_p95,
        bootstraps_fitted.gpd_threshold,
        bootstraps_fitted.gpd_scale,
        bootstraps_fitted.gpd_shape,
        bootstraps_fitted.gpd_value_at_risk,
        bootstraps_fitted.gpd_expected_shortfall
    from bootstraps_fitted
    inner join missing
        on
            bootstraps_fitted.backtest_id = missing.backtest_id
            and bootstraps_fitted.input_version = missing.input_version
)

select * from final
