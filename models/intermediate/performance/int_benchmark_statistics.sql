-- One row per backtest that has a day in common with the benchmark: sums and moments of both.
{{
    config(**kept_by_backtest(
        follows='int_benchmark_versions',
        fitted_by='int_benchmarks_measured',
    ))
}}
with

{{ missing_versions(this.name, follows='int_benchmark_versions') }},

benchmarks_measured as (
    select
        backtest_id,
        input_version,
        pair_count,
        up_pair_count,
        down_pair_count,
        beaten_count,
        rising_pair_count,
        rising_beaten_count,
        falling_beaten_count,
        mean_return,
        benchmark_mean,
        beta,
        up_mean_return,
        up_benchmark_mean,
        up_beta,
        down_mean_return,
        down_benchmark_mean,
        down_beta,
        growth,
        benchmark_growth,
        up_growth,
        up_benchmark_growth,
        down_growth,
        down_benchmark_growth,
        correlation,
        active_mean,
        active_stddev,
        beta_fragility_heuristic
    from {{ ref('int_benchmarks_measured') }}
),

final as (
    select
        benchmarks_measured.backtest_id,
        benchmarks_measured.pair_count,
        benchmarks_measured.up_pair_count,
        benchmarks_measured.down_pair_count,
        benchmarks_measured.beaten_count,
        benchmarks_measured.rising_pair_count,
        benchmarks_measured.rising_beaten_count,
        benchmarks_measured.falling_beaten_count,
        benchmarks_measured.mean_return,
        benchmarks_measured.benchmark_mean,
        benchmarks_measured.beta,
        benchmarks_measured.up_mean_return,
        benchmarks_measured.up_benchmark_mean,
        benchmarks_measured.up_beta,
        benchmarks_measured.down_mean_return,
        benchmarks_measured.down_benchmark_mean,
        benchmarks_measured.down_beta,
        benchmarks_measured.growth,
        benchmarks_measured.benchmark_growth,
        benchmarks_measured.up_growth,
        benchmarks_measured.up_benchmark_growth,
        benchmarks_measured.down_growth,
        benchmarks_measured.down_benchmark_growth,
        benchmarks_measured.correlation,
        benchmarks_measured.active_mean,
        benchmarks_measured.active_stddev,
        benchmarks_measured.beta_fragility_heuristic
    from benchmarks_measured
    inner join missing
        on
            benchmarks_measured.backtest_id = missing.backtest_id
            and benchmarks_measured.input_version = missing.input_version
)

select * from final
