-- One row per backtest with a curve: its statistics per year, as ratios, and of its days.
with

statistics as (
    select
        backtest_id,
        start_date,
        end_date,
        starting_equity,
        final_equity,
        day_count,
        return_count,
        calendar_days,
        mean_return,
        return_stddev,
        downside_deviation,
        gain_sum,
        loss_sum,
        gain_day_count,
        loss_day_count,
        max_drawdown,
        best_day,
        worst_day,
        return_p05,
        return_p95,
        worst_returns_mean,
        skewness,
        kurtosis,
        log_equity_r_squared
    from {{ ref('int_backtest_statistics') }}
),

backtests as (
    select
        backtest_id,
        periods_per_year
    from {{ ref('int_backtests_identified') }}
),

grown as (
    select
        statistics.backtest_id,
        backtests.periods_per_year,
        statistics.final_equity / nullif(statistics.starting_equity, 0) - 1 as total_return,
        case
            when statistics.calendar_days >= {{ var('cagr_min_days') }}
                then
                    power(
                        statistics.final_equity / nullif(statistics.starting_equity, 0),
                        365.25e0 / statistics.calendar_days
                    )
                    - 1
        end as cagr,
        power(
            statistics.final_equity / nullif(statistics.starting_equity, 0),
            backtests.periods_per_year / nullif(statistics.return_count, 0)
        )
        - 1 as annual_return,
        {{ annualised_volatility('statistics.downside_deviation', 'backtests.periods_per_year') }}
            as downside_risk
    from statistics
    inner join backtests on statistics.backtest_id = backtests.backtest_id
),

final as (
    select
        statistics.backtest_id,
        statistics.start_date,
        statistics.end_date,
        statistics.day_count,
        statistics.final_equity,
        grown.total_return,
        grown.cagr,
        grown.annual_return,
        {{ annualised_volatility('statistics.return_stddev', 'grown.periods_per_year') }}
            as annual_volatility,
        (statistics.mean_return - {{ var('risk_free_rate') }} / grown.periods_per_year)
        / nullif(statistics.return_stddev, 0)
        * sqrt(grown.periods_per_year) as sharpe_ratio,
        statistics.mean_return * grown.periods_per_year
        / nullif(grown.downside_risk, 0) as sortino_ratio,
        grown.annual_return / nullif(abs(statistics.max_drawdown), 0) as calmar_ratio,
        statistics.max_drawdown,
        grown.downside_risk,
        statistics.gain_sum / nullif(statistics.loss_sum, 0) as omega_ratio,
        abs(statistics.return_p95) / nullif(abs(statistics.return_p05), 0) as tail_ratio,
        statistics.return_p05 as value_at_risk,
        statistics.worst_returns_mean as conditional_value_at_risk,
        statistics.log_equity_r_squared as stability_of_timeseries,
        statistics.skewness,
        statistics.kurtosis,
        statistics.best_day,
        statistics.worst_day,
        cast(statistics.gain_day_count as double)
        / nullif(statistics.gain_day_count + statistics.loss_day_count, 0) as win_rate
    from statistics
    inner join grown on statistics.backtest_id = grown.backtest_id
)

select * from final
