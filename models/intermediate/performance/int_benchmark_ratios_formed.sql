-- One row per backtest with enough days in common with the benchmark: its statistics beside it.
with

statistics as (
    select
        backtest_id,
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
    from {{ ref('int_benchmark_statistics') }}
    where pair_count >= {{ var('benchmark_min_bars') }}
),

backtests as (
    select
        backtest_id,
        periods_per_year,
        {{ var('risk_free_rate') }} / periods_per_year as risk_free_return
    from {{ ref('int_backtests_identified') }}
),

annualised as (
    select
        statistics.backtest_id,
        {%- for side in ['', 'up_', 'down_'] %}
            power(
                statistics.{{ side }}growth,
                backtests.periods_per_year / nullif(statistics.{{ side }}pair_count, 0)
            )
            - 1 as {{ side }}annual_return,
            power(
                statistics.{{ side }}benchmark_growth,
                backtests.periods_per_year / nullif(statistics.{{ side }}pair_count, 0)
            )
            - 1 as {{ side }}benchmark_annual_return,
            statistics.{{ side }}mean_return - backtests.risk_free_return
            - statistics.{{ side }}beta
            * (statistics.{{ side }}benchmark_mean - backtests.risk_free_return)
                as {{ side }}alpha_per_bar,
        {%- endfor %}
        backtests.periods_per_year
    from statistics
    inner join backtests on statistics.backtest_id = backtests.backtest_id
),

captured as (
    select
        backtest_id,
        annual_return / nullif(benchmark_annual_return, 0) as capture,
        up_annual_return / nullif(up_benchmark_annual_return, 0) as up_capture,
        down_annual_return / nullif(down_benchmark_annual_return, 0) as down_capture
    from annualised
),

final as (
    select
        statistics.backtest_id,
        {{ dbt.string_literal(var('benchmark_symbol')) }} as benchmark_symbol,
        statistics.pair_count as benchmark_day_count,
        annualised.benchmark_annual_return,
        annualised.annual_return - annualised.benchmark_annual_return as excess_return,
        power(1 + annualised.alpha_per_bar, annualised.periods_per_year) - 1 as alpha,
        annualised.alpha_per_bar * annualised.periods_per_year as alpha_arithmetic,
        statistics.beta,
        statistics.correlation,
        power(statistics.correlation, 2) as r_squared,
        statistics.active_stddev * sqrt(annualised.periods_per_year) as tracking_error,
        statistics.active_mean / nullif(statistics.active_stddev, 0) as information_ratio,
        statistics.active_mean / nullif(statistics.active_stddev, 0)
        * sqrt(annualised.periods_per_year) as information_ratio_annual,
        (statistics.growth - 1 - {{ var('risk_free_rate') }}) / nullif(statistics.beta, 0)
            as treynor_ratio,
        (annualised.annual_return - {{ var('risk_free_rate') }}) / nullif(statistics.beta, 0)
            as treynor_ratio_annual,
        captured.capture,
        captured.up_capture,
        captured.down_capture,
        captured.up_capture / nullif(captured.down_capture, 0) as up_down_capture,
        power(1 + annualised.up_alpha_per_bar, annualised.periods_per_year) - 1 as up_alpha,
        statistics.up_beta,
        power(1 + annualised.down_alpha_per_bar, annualised.periods_per_year) - 1 as down_alpha,
        statistics.down_beta,
        cast(statistics.beaten_count as double) / nullif(statistics.pair_count, 0)
            as batting_average,
        cast(statistics.rising_beaten_count as double) / nullif(statistics.rising_pair_count, 0)
            as batting_average_up,
        cast(statistics.falling_beaten_count as double) / nullif(statistics.down_pair_count, 0)
            as batting_average_down,
        statistics.beta_fragility_heuristic
    from statistics
    inner join annualised on statistics.backtest_id = annualised.backtest_id
    inner join captured on statistics.backtest_id = captured.backtest_id
)

select * from final
