-- One row per backtest with daily equity: its episodes under water, and the deepest of them.
with

statistics as (
    select
        backtest_id,
        max_drawdown_peak_date,
        max_drawdown_trough_date,
        max_drawdown_recovery_date,
        drawdown_count,
        drawdown_depth_mean,
        underwater_days_mean,
        longest_underwater_days,
        max_drawdown_days
    from {{ ref('int_backtest_statistics') }}
),

final as (
    select
        backtest_id,
        max_drawdown_peak_date,
        max_drawdown_trough_date,
        max_drawdown_recovery_date,
        drawdown_count,
        drawdown_depth_mean as average_drawdown,
        underwater_days_mean as average_drawdown_days,
        cast(longest_underwater_days as bigint) as longest_drawdown_days,
        max_drawdown_days
    from statistics
)

select * from final
