-- The default factor set, rolling betas; at most eight factors, in the order of the set.
with positions as (
    select
        factor_set,
        factor,
        min(factor_position) as factor_position
    from fct_factor_returns_daily
    group by factor_set, factor
)

select
    fct_factor_exposures.as_of_date,
    fct_factor_exposures.factor,
    fct_factor_exposures.beta
from fct_factor_exposures
inner join
    fct_factor_attribution
    on
        fct_factor_exposures.backtest_id = fct_factor_attribution.backtest_id
        and fct_factor_exposures.factor_set = fct_factor_attribution.factor_set
        and fct_factor_exposures.estimation_window = fct_factor_attribution.estimation_window
inner join
    positions
    on
        fct_factor_exposures.factor_set = positions.factor_set
        and fct_factor_exposures.factor = positions.factor
where
    fct_factor_exposures.backtest_id = $backtest_id
    and fct_factor_exposures.estimation_window = 'rolling'
    and fct_factor_attribution.is_default_set
    and fct_factor_exposures.beta is not null
qualify dense_rank() over (order by positions.factor_position, fct_factor_exposures.factor) <= 8
order by positions.factor_position, fct_factor_exposures.factor, fct_factor_exposures.as_of_date
