select
    fct_factor_contributions.factor_set,
    fct_factor_contributions.factor,
    fct_factor_contributions.fit_status,
    fct_factor_contributions.contribution,
    fct_factor_contributions.contrib_pct / 100e0 as return_share,
    fct_factor_contributions.risk_contribution_pct / 100e0 as risk_share,
    fct_factor_attribution.attributed_from,
    fct_factor_attribution.as_of_date,
    fct_factor_attribution.r_squared
from fct_factor_contributions
inner join
    fct_factor_attribution
    on
        fct_factor_contributions.backtest_id = fct_factor_attribution.backtest_id
        and fct_factor_contributions.factor_set = fct_factor_attribution.factor_set
        and fct_factor_contributions.estimation_window = fct_factor_attribution.estimation_window
where
    fct_factor_contributions.backtest_id = $backtest_id
    and fct_factor_contributions.estimation_window = 'rolling'
    and fct_factor_attribution.is_default_set
order by abs(fct_factor_contributions.contribution) desc nulls last, fct_factor_contributions.factor
