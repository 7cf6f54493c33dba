-- One row per backtest per day that it has in common with the benchmark: trailing betas.
{{ config(**kept_by_backtest(follows='int_benchmark_versions')) }}
with

betas_rolled as (
    select
        backtest_id,
        equity_date,
        beta_63d,
        beta_252d
    from {{ ref('int_betas_rolled') }}
),

final as (
    select
        backtest_id,
        equity_date,
        beta_63d,
        beta_252d
    from betas_rolled
)

select * from final
