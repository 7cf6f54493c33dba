-- One row per backtest per day that it has in common with the benchmark, of the backtests that
-- fct_rolling_beta_daily lacks: its trailing betas. Returns run from common day to common day.
with

{{ missing_versions('fct_rolling_beta_daily', follows='int_benchmark_versions') }},

equity as (
    select
        backtest_id,
        equity_date,
        equity
    from {{ ref('fct_equity_daily') }}
),

benchmark as (
    select
        bar_date,
        close
    from {{ ref('int_bars_daily') }}
    where symbol = {{ dbt.string_literal(var('benchmark_symbol')) }}
),

common_days as (
    select
        equity.backtest_id,
        equity.equity_date,
        equity.equity,
        lag(equity.equity) over in_order as equity_before,
        benchmark.close,
        lag(benchmark.close) over in_order as close_before,
        row_number() over in_order as bar_number
    from equity
    inner join missing on equity.backtest_id = missing.backtest_id
    inner join benchmark on equity.equity_date = benchmark.bar_date
    window in_order as (partition by equity.backtest_id order by equity.equity_date)
),

returns as (
    select
        backtest_id,
        equity_date,
        bar_number,
        equity / nullif(equity_before, 0) - 1 as simple_return,
        close / close_before - 1 as benchmark_return
    from common_days
),

windowed as (
    select
        backtest_id,
        equity_date,
        bar_number,
        simple_return,
        benchmark_return,
        covar_samp(simple_return, benchmark_return) over window_63d as covariance_63d,
        stddev_samp(benchmark_return) over window_63d as benchmark_stddev_63d,
        covar_samp(simple_return, benchmark_return) over window_252d as covariance_252d,
        stddev_samp(benchmark_return) over window_252d as benchmark_stddev_252d
    from returns
    window
        window_63d as ({{ rolling_window(var('quarter_window_bars')) }}),
        window_252d as ({{ rolling_window(var('year_window_bars')) }})
),

filled as (
    select
        backtest_id,
        equity_date,
        covariance_63d,
        covariance_252d,
        -- Without dispersion all returns are today's, which so stands for their size.
        case
            when bar_number > {{ var('quarter_window_bars') }} and simple_return is not null
                then {{ dispersion('benchmark_stddev_63d', 'abs(benchmark_return)') }}
        end as benchmark_stddev_63d,
        case
            when bar_number > {{ var('year_window_bars') }} and simple_return is not null
                then {{ dispersion('benchmark_stddev_252d', 'abs(benchmark_return)') }}
        end as benchmark_stddev_252d
    from windowed
),

final as (
    select
        backtest_id,
        equity_date,
        covariance_63d / nullif(power(benchmark_stddev_63d, 2), 0) as beta_63d,
        covariance_252d / nullif(power(benchmark_stddev_252d, 2), 0) as beta_252d
    from filled
)

select * from final
