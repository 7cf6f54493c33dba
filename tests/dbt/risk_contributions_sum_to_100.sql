{# Shares of the variance of returns leave nothing out. #}
with

summed as (
    select
        backtest_id,
        factor_set,
        estimation_window,
        sum(risk_contribution_pct) as share_sum,
        sum(abs(risk_contribution_pct)) as share_size
    from {{ ref('fct_factor_contributions') }}
    where risk_contribution_pct is not null
    group by backtest_id, factor_set, estimation_window
)

select *
from summed
where abs(share_sum - 100) > 1e-9 * (100 + share_size)
