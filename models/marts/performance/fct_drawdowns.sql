-- One row per backtest per episode under water: from a peak to the day that reaches it again.
{{ config(**kept_by_backtest(follows='fct_equity_daily')) }}
with

drawdowns_traced as (
    select
        backtest_id,
        peak_date,
        first_underwater_date,
        trough_date,
        last_underwater_date,
        recovery_date,
        drawdown_rank,
        depth,
        peak_equity,
        decline_days,
        recovery_days,
        total_days,
        day_count,
        is_open
    from {{ ref('int_drawdowns_traced') }}
),

final as (
    select
        backtest_id,
        peak_date,
        first_underwater_date,
        trough_date,
        last_underwater_date,
        recovery_date,
        drawdown_rank,
        depth,
        peak_equity,
        decline_days,
        recovery_days,
        total_days,
        day_count,
        is_open
    from drawdowns_traced
)

select * from final
