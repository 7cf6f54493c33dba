-- One row per backtest with daily equity: ratios of its winning and losing days, and its returns
-- over the last months and years.
with

statistics as (
    select
        backtest_id,
        starting_equity,
        final_equity,
        return_count,
        mean_return,
        return_stddev,
        gain_sum,
        loss_sum,
        losing_month_sum,
        gain_day_count,
        loss_day_count,
        longest_winning_streak,
        longest_losing_streak,
        return_p01,
        return_p50,
        return_p95,
        return_p05,
        return_p99,
        best_week,
        worst_week,
        week_count,
        gain_week_count,
        loss_week_count,
        return_mtd,
        return_ytd,
        return_3m,
        return_6m,
        return_1y,
        return_3y,
        return_5y,
        return_10y,
        return_count_3y,
        return_count_5y,
        return_count_10y
    from {{ ref('int_backtest_statistics') }}
),

backtests as (
    select
        backtest_id,
        periods_per_year
    from {{ ref('int_backtests_identified') }}
),

averaged as (
    select
        backtest_id,
        final_equity / nullif(starting_equity, 0) as growth,
        cast(gain_day_count + loss_day_count as double) as moving_day_count,
        cast(gain_day_count as double)
        / nullif(gain_day_count + loss_day_count, 0) as win_rate,
        gain_sum / nullif(gain_day_count, 0) as average_win,
        -loss_sum / nullif(loss_day_count, 0) as average_loss,
        gain_sum / nullif(loss_sum, 0) as profit_factor,
        abs(return_p95) / nullif(abs(return_p05), 0) as tail_ratio,
        gain_sum / nullif(return_count - loss_day_count, 0) as average_not_lost
    from statistics
),

compared as (
    select
        backtest_id,
        growth,
        moving_day_count,
        win_rate,
        average_win,
        average_loss,
        profit_factor,
        tail_ratio,
        average_not_lost,
        average_win / nullif(-average_loss, 0) as payoff_ratio
    from averaged
),

final as (
    select
        statistics.backtest_id,
        statistics.mean_return as mean_daily_return,
        statistics.return_p50 as median_daily_return,
        statistics.return_stddev as daily_volatility,
        power(compared.growth, 1e0 / nullif(statistics.return_count, 0)) - 1
            as expected_daily_return,
        power(compared.growth, 1e0 / nullif(statistics.week_count, 0)) - 1
            as expected_weekly_return,
        compared.moving_day_count / nullif(statistics.return_count, 0) as time_in_market,
        (statistics.gain_sum - statistics.loss_sum) / nullif(compared.moving_day_count, 0)
            as average_return,
        compared.average_win,
        compared.average_loss,
        compared.payoff_ratio,
        compared.profit_factor,
        compared.average_not_lost / nullif(statistics.return_count - statistics.loss_day_count, 0)
        / nullif(-compared.average_loss / nullif(statistics.loss_day_count, 0), 0)
            as profit_ratio,
        (statistics.gain_sum - statistics.loss_sum) / nullif(statistics.loss_sum, 0)
            as gain_to_pain_ratio,
        (statistics.gain_sum - statistics.loss_sum) / nullif(statistics.losing_month_sum, 0)
            as gain_to_pain_ratio_monthly,
        compared.profit_factor * compared.tail_ratio as common_sense_ratio,
        compared.profit_factor * compared.win_rate * compared.payoff_ratio as cpc_index,
        statistics.return_p99 / nullif(compared.average_not_lost, 0) as outlier_win_ratio,
        statistics.return_p01 / nullif(compared.average_loss, 0) as outlier_loss_ratio,
        compared.win_rate - (1 - compared.win_rate) / nullif(compared.payoff_ratio, 0)
            as kelly_criterion,
        power((1 - compared.win_rate) / (1 + compared.win_rate), statistics.return_count)
            as risk_of_ruin,
        statistics.longest_winning_streak as consecutive_wins,
        statistics.longest_losing_streak as consecutive_losses,
        statistics.best_week,
        statistics.worst_week,
        cast(statistics.gain_week_count as double)
        / nullif(statistics.gain_week_count + statistics.loss_week_count, 0) as win_rate_weekly,
        statistics.return_mtd,
        statistics.return_3m,
        statistics.return_6m,
        statistics.return_ytd,
        statistics.return_1y,
        power(
            1 + statistics.return_3y,
            backtests.periods_per_year / nullif(statistics.return_count_3y, 0)
        )
        - 1 as annual_return_3y,
        power(
            1 + statistics.return_5y,
            backtests.periods_per_year / nullif(statistics.return_count_5y, 0)
        )
        - 1 as annual_return_5y,
        power(
            1 + statistics.return_10y,
            backtests.periods_per_year / nullif(statistics.return_count_10y, 0)
        )
        - 1 as annual_return_10y
    from statistics
    inner join compared on statistics.backtest_id = compared.backtest_id
    inner join backtests on statistics.backtest_id = backtests.backtest_id
)

select * from final
