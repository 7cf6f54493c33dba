-- What a backtest is exposed to: its last betas by factor set and estimation window, what each
-- factor brought, and its share of return and risk, in per cent. Returns without a factor
-- (risk_free, alpha_residual) have no beta.
-- Example: from exposures('0f7d172bd03fe4e2')
create macro exposures(wanted_backtest) as table
    select
        contributions.factor_set,
        contributions.estimation_window,
        contributions.factor,
        betas.as_of_date,
        betas.beta,
        betas.std_error,
        betas.t_stat,
        contributions.contribution,
        contributions.contrib_pct,
        contributions.risk_contribution_pct,
        contributions.fit_status
    from fct_factor_contributions as contributions
    left join fct_factor_exposures as betas
        on
            contributions.backtest_id = betas.backtest_id
            and contributions.factor_set = betas.factor_set
            and contributions.estimation_window = betas.estimation_window
            and contributions.factor = betas.factor
            and betas.is_last_day
    where contributions.backtest_id = wanted_backtest
    order by
        contributions.factor_set,
        contributions.estimation_window,
        betas.beta is null,
        contributions.factor
