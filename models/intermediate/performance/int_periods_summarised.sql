-- One row per backtest with daily equity: what its months, quarters and years were like. Periods
-- after ruin have no return, and count for nothing; the first and the last may be parts of one.
with

statistics as (
    select
        backtest_id,
        final_equity / nullif(starting_equity, 0) as growth,
        best_month,
        worst_month,
        best_quarter,
        worst_quarter,
        best_year,
        worst_year,
        month_count,
        year_count,
        gain_month_count,
        gain_quarter_count,
        gain_year_count,
        loss_month_count,
        loss_quarter_count,
        loss_year_count,
        gain_month_sum,
        loss_month_sum
    from {{ ref('int_backtest_statistics') }}
),

final as (
    select
        backtest_id,
        power(growth, 1e0 / nullif(month_count, 0)) - 1 as expected_monthly_return,
        power(growth, 1e0 / nullif(year_count, 0)) - 1 as expected_yearly_return,
        best_month,
        worst_month,
        best_quarter,
        worst_quarter,
        best_year,
        worst_year,
        gain_month_sum / nullif(gain_month_count, 0) as average_winning_month,
        -loss_month_sum / nullif(loss_month_count, 0) as average_losing_month,
        {{ share_of_winners('gain_month_count', 'loss_month_count') }} as win_rate_monthly,
        {{ share_of_winners('gain_quarter_count', 'loss_quarter_count') }} as win_rate_quarterly,
        {{ share_of_winners('gain_year_count', 'loss_year_count') }} as win_rate_yearly
    from statistics
)

select * from final
