-- One row per backtest with daily equity: sums and moments of its returns, before annualising.
{{
    config(**kept_by_backtest(
        follows='fct_equity_daily',
        fitted_by='int_curves_measured',
    ))
}}
with

{{ missing_versions(this.name, follows='fct_equity_daily') }},

curves_measured as (
    select
        backtest_id,
        input_version,
        start_date,
        end_date,
        starting_equity,
        final_equity,
        day_count,
        return_count,
        mean_return,
        return_stddev,
        downside_deviation,
        gain_sum,
        loss_sum,
        losing_month_sum,
        gain_day_count,
        loss_day_count,
        longest_winning_streak,
        longest_losing_streak,
        max_drawdown,
        drawdown_mean,
        drawdown_stddev,
        drawdown_square_sum,
        best_day,
        worst_day,
        return_p01,
        return_p05,
        return_p50,
        return_p95,
        return_p99,
        worst_returns_mean,
        skewness,
        kurtosis,
        autocorrelation,
        autocorrelation_penalty,
        log_equity_r_squared,
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
        return_count_10y,
        best_week,
        worst_week,
        week_count,
        gain_week_count,
        loss_week_count
    from {{ ref('int_curves_measured') }}
),

final as (
    select
        curves_measured.backtest_id,
        curves_measured.start_date,
        curves_measured.end_date,
        curves_measured.starting_equity,
        curves_measured.final_equity,
        curves_measured.day_count,
        curves_measured.return_count,
        {{ days_between('curves_measured.start_date', 'curves_measured.end_date') }}
            as calendar_days,
        curves_measured.mean_return,
        curves_measured.return_stddev,
        curves_measured.downside_deviation,
        curves_measured.gain_sum,
        curves_measured.loss_sum,
        curves_measured.losing_month_sum,
        curves_measured.gain_day_count,
        curves_measured.loss_day_count,
        curves_measured.longest_winning_streak,
        curves_measured.longest_losing_streak,
        curves_measured.max_drawdown,
        curves_measured.drawdown_mean,
        curves_measured.drawdown_stddev,
        curves_measured.drawdown_square_sum,
        curves_measured.best_day,
        curves_measured.worst_day,
        curves_measured.return_p01,
        curves_measured.return_p05,
        curves_measured.return_p50,
        curves_measured.return_p95,
        curves_measured.return_p99,
        curves_measured.worst_returns_mean,
        curves_measured.skewness,
        curves_measured.kurtosis,
        curves_measured.autocorrelation,
        curves_measured.autocorrelation_penalty,
        curves_measured.log_equity_r_squared,
        curves_measured.return_mtd,
        curves_measured.return_ytd,
        curves_measured.return_3m,
        curves_measured.return_6m,
        curves_measured.return_1y,
        curves_measured.return_3y,
        curves_measured.return_5y,
        curves_measured.return_10y,
        curves_measured.return_count_3y,
        curves_measured.return_count_5y,
        curves_measured.return_count_10y,
        curves_measured.best_week,
        curves_measured.worst_week,
        curves_measured.week_count,
        curves_measured.gain_week_count,
        curves_measured.loss_week_count
    from curves_measured
    inner join missing
        on
            curves_measured.backtest_id = missing.backtest_id
            and curves_measured.input_version = missing.input_version
)

select * from final
