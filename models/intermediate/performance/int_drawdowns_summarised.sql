-- One row per backtest with daily equity: its episodes under water, and the deepest of them.
with

curves as (
    select backtest_id
    from {{ ref('int_backtest_statistics') }}
),

episodes as (
    select
        backtest_id,
        peak_date,
        trough_date,
        recovery_date,
        drawdown_rank,
        depth,
        total_days,
        1 + {{ days_between('first_underwater_date', 'last_underwater_date') }} as underwater_days
    from {{ ref('fct_drawdowns') }}
),

counted as (
    select
        backtest_id,
        count(*) as drawdown_count,
        avg(depth) as average_drawdown,
        avg(underwater_days) as average_drawdown_days,
        max(underwater_days) as longest_drawdown_days
    from episodes
    group by backtest_id
),

deepest as (
    select
        backtest_id,
        peak_date,
        trough_date,
        recovery_date,
        total_days
    from episodes
    where drawdown_rank = 1
),

final as (
    select
        curves.backtest_id,
        deepest.peak_date as max_drawdown_peak_date,
        deepest.trough_date as max_drawdown_trough_date,
        deepest.recovery_date as max_drawdown_recovery_date,
        coalesce(counted.drawdown_count, 0) as drawdown_count,
        counted.average_drawdown,
        counted.average_drawdown_days,
        counted.longest_drawdown_days,
        deepest.total_days as max_drawdown_days
    from curves
    left join counted on curves.backtest_id = counted.backtest_id
    left join deepest on curves.backtest_id = deepest.backtest_id
)

select * from final
