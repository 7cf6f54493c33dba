-- One row per backtest per day that it has in common with the benchmark: trailing betas.
{{
    config(**kept_by_backtest(
        follows='int_benchmark_versions',
        fitted_by='int_betas_rolled',
    ))
}}
with

{{ fitted_versions(
    this.name,
    follows='int_benchmark_versions',
    fitted_by='int_betas_rolled',
) }},

betas_rolled as (
    select
        backtest_id,
        equity_date,
        beta_63d,
        beta_252d
    from {{ ref('int_betas_rolled') }}
    where equity_date is not null
),

final as (
    select
        betas_rolled.backtest_id,
        betas_rolled.equity_date,
        betas_rolled.beta_63d,
        betas_rolled.beta_252d
    from betas_rolled
    inner join fitted on betas_rolled.backtest_id = fitted.backtest_id
)

select * from final
