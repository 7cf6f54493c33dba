-- One row per backtest per day that it has in common with the benchmark, of the backtests that
-- are to be held against it, by numbers alone.
with

curves as (
    select
        backtest_id,
        curve_number
    from {{ ref('int_curves_to_compare') }}
),

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

final as (
    select
        curves.curve_number,
        equity.equity_date,
        equity.equity,
        benchmark.close
    from equity
    inner join curves on equity.backtest_id = curves.backtest_id
    inner join benchmark on equity.equity_date = benchmark.bar_date
)

select * from final
