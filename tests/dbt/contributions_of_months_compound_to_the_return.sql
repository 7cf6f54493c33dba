{# The returns that the contributions of each month sum to compound to the whole span's. #}
with

months as (
    select
        backtest_id,
        factor_set,
        estimation_window,
        month_start_date,
        1 + sum(contribution) as growth,
        sum(abs(contribution)) as contribution_size
    from {{ ref('fct_factor_contributions_monthly') }}
    group by backtest_id, factor_set, estimation_window, month_start_date
),

compounded as (
    select
        backtest_id,
        factor_set,
        estimation_window,
        sum(ln(nullif(greatest(growth, 0), 0))) as log_growth,
        count(*) as month_count,
        max(contribution_size) as contribution_size
    from months
    group by backtest_id, factor_set, estimation_window
    having min(growth) > 0
),

attributions as (
    select
        backtest_id,
        factor_set,
        estimation_window,
        attributed_return
    from {{ ref('fct_factor_attribution') }}
    where attributed_return > -1
)

select
    attributions.backtest_id,
    attributions.factor_set,
    attributions.estimation_window
from attributions
inner join compounded
    on
        attributions.backtest_id = compounded.backtest_id
        and attributions.factor_set = compounded.factor_set
        and attributions.estimation_window = compounded.estimation_window
where
    abs(compounded.log_growth - ln(1 + attributions.attributed_return))
    > 1e-9 * compounded.month_count * (1 + compounded.contribution_size)
