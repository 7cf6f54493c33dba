-- One row per backtest whose rows are missing from a table of figures beside the benchmark.
with

{{ versions_to_fit(
    ['int_benchmark_statistics', 'fct_rolling_beta_daily'], follows='int_benchmark_versions'
) }},

final as (
    select
        backtest_id,
        input_version,
        row_number() over (order by backtest_id) as curve_number
    from missing
)

select * from final
