-- One row per backtest: statistics of its trades, of closed ones where not said.
with

backtests as (
    select backtest_id
    from {{ ref('int_backtests_identified') }}
),

summaries as (
    select
        backtest_id,
        trade_count,
        open_trade_count,
        closed_trade_count,
        winning_trade_count,
        losing_trade_count,
        profit_sum,
        loss_sum,
        pnl_sum,
        fee_sum,
        mean_pnl,
        {{ dispersion('pnl_stddev', 'pnl_size') }} as pnl_stddev,
        highest_pnl,
        lowest_pnl,
        mean_held_days,
        mean_winning_held_days,
        mean_losing_held_days
    from {{ ref('int_trades_summarised') }}
),

streaks as (
    select
        backtest_id,
        longest_trade_winning_streak,
        longest_trade_losing_streak
    from {{ ref('int_trade_streaks_counted') }}
),

averaged as (
    select
        backtest_id,
        cast(winning_trade_count as double) / nullif(closed_trade_count, 0) as trade_win_rate,
        profit_sum / nullif(winning_trade_count, 0) as average_winning_trade,
        -loss_sum / nullif(losing_trade_count, 0) as average_losing_trade
    from summaries
),

final as (
    select
        backtests.backtest_id,
        coalesce(summaries.trade_count, 0) as trade_count,
        coalesce(summaries.open_trade_count, 0) as open_trade_count,
        coalesce(summaries.closed_trade_count, 0) as closed_trade_count,
        averaged.trade_win_rate,
        summaries.profit_sum / nullif(summaries.loss_sum, 0) as trade_profit_factor,
        summaries.mean_pnl as expectancy,
        summaries.pnl_sum as trade_profit,
        summaries.fee_sum as trade_fees,
        averaged.average_winning_trade,
        averaged.average_losing_trade,
        averaged.average_winning_trade / nullif(-averaged.average_losing_trade, 0)
            as trade_payoff_ratio,
        case when summaries.highest_pnl > 0 then summaries.highest_pnl end
            as largest_winning_trade,
        case when summaries.lowest_pnl < 0 then summaries.lowest_pnl end as largest_losing_trade,
        streaks.longest_trade_winning_streak,
        streaks.longest_trade_losing_streak,
        summaries.mean_held_days as average_trade_days,
        summaries.mean_winning_held_days as average_winning_trade_days,
        summaries.mean_losing_held_days as average_losing_trade_days,
        sqrt(cast(summaries.closed_trade_count as double)) * summaries.mean_pnl
        / nullif(summaries.pnl_stddev, 0) as system_quality_number,
        averaged.trade_win_rate - (1 - averaged.trade_win_rate)
        / nullif(averaged.average_winning_trade / nullif(-averaged.average_losing_trade, 0), 0)
            as trade_kelly_criterion
    from backtests
    left join summaries on backtests.backtest_id = summaries.backtest_id
    left join averaged on backtests.backtest_id = averaged.backtest_id
    left join streaks on backtests.backtest_id = streaks.backtest_id
)

select * from final
