-- One row per backtest: its headline statistics. NULL where there is no curve or too little.
with

backtests as (
    select
        backtest_id,
        run_id,
        strategy,
        symbol,
        periods_per_year
    from {{ ref('int_backtests_identified') }}
),

statistics as (
    select
        backtest_id,
        start_date,
        end_date,
        day_count,
        final_equity,
        total_return,
        cagr,
        annual_return,
        annual_volatility,
        sharpe_ratio,
        sortino_ratio,
        calmar_ratio,
        max_drawdown,
        downside_risk,
        omega_ratio,
        tail_ratio,
        value_at_risk,
        conditional_value_at_risk,
        stability_of_timeseries,
        skewness,
        kurtosis,
        best_day,
        worst_day,
        win_rate
    from {{ ref('int_backtest_statistics_annualised') }}
),

judged as (
    select
        backtest_id,
        probabilistic_sharpe_ratio,
        min_track_record_bars
    from {{ ref('int_sharpe_ratios_judged') }}
),

trades as (
    select
        backtest_id,
        trade_count,
        closed_trade_count,
        winning_trade_count,
        profit_sum,
        loss_sum,
        mean_pnl
    from {{ ref('int_trades_summarised') }}
),

final as (
    select
        backtests.backtest_id,
        backtests.run_id,
        statistics.start_date,
        statistics.end_date,
        backtests.strategy,
        backtests.symbol,
        backtests.periods_per_year,
        statistics.day_count,
        statistics.final_equity,
        statistics.total_return,
        statistics.cagr,
        statistics.annual_return,
        statistics.annual_volatility,
        statistics.sharpe_ratio,
        judged.probabilistic_sharpe_ratio,
        judged.min_track_record_bars,
        statistics.sortino_ratio,
        statistics.calmar_ratio,
        statistics.max_drawdown,
        statistics.downside_risk,
        statistics.omega_ratio,
        statistics.tail_ratio,
        statistics.value_at_risk,
        statistics.conditional_value_at_risk,
        {{ finite('statistics.stability_of_timeseries') }} as stability_of_timeseries,
        {{ finite('statistics.skewness') }} as skewness,
        {{ finite('statistics.kurtosis') }} as kurtosis,
        statistics.best_day,
        statistics.worst_day,
        statistics.win_rate,
        coalesce(trades.trade_count, 0) as trade_count,
        cast(trades.winning_trade_count as double)
        / nullif(trades.closed_trade_count, 0) as trade_win_rate,
        trades.profit_sum / nullif(trades.loss_sum, 0) as trade_profit_factor,
        trades.mean_pnl as expectancy
    from backtests
    left join statistics on backtests.backtest_id = statistics.backtest_id
    left join judged on backtests.backtest_id = judged.backtest_id
    left join trades on backtests.backtest_id = trades.backtest_id
)

select * from final
