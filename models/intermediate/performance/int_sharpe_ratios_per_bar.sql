-- One row per backtest that has a Sharpe ratio: the ratio per bar, and the shape of its returns.
-- The kurtosis is that of a normal at 3, as the formulas on Sharpe ratios want it.
with

statistics as (
    select
        backtest_id,
        return_count,
        mean_return,
        return_stddev,
        skewness,
        kurtosis
    from {{ ref('int_backtest_statistics') }}
    where return_stddev > 0
),

backtests as (
    select
        backtest_id,
        periods_per_year
    from {{ ref('int_backtests_identified') }}
),

final as (
    select
        statistics.backtest_id,
        backtests.periods_per_year,
        (statistics.mean_return - {{ var('risk_free_rate') }} / backtests.periods_per_year)
        / statistics.return_stddev as sharpe_per_bar,
        {{ finite('statistics.skewness') }} as skewness,
        {{ finite('statistics.kurtosis') }} + 3 as kurtosis,
        statistics.return_count
    from statistics
    inner join backtests on statistics.backtest_id = backtests.backtest_id
)

select * from final
