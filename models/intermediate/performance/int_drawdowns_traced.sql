-- One row per backtest per episode under water, of the backtests that fct_drawdowns lacks.
-- Each day at the high-water mark begins a stretch; the stretches that go under are the episodes.
-- Days are compared on rounded drawdowns, or the last digits of a sum would make episodes.
with

{{ missing_versions('fct_drawdowns', follows='fct_equity_daily') }},

equity as (
    select
        backtest_id,
        equity_date,
        high_water_mark,
        drawdown
    from {{ ref('fct_equity_daily') }}
),

measured as (
    select
        equity.backtest_id,
        equity.equity_date,
        equity.high_water_mark,
        equity.drawdown,
        coalesce({{ rounded('equity.drawdown') }}, 0) as rounded_drawdown
    from equity
    inner join missing on equity.backtest_id = missing.backtest_id
),

numbered as (
    select
        backtest_id,
        equity_date,
        high_water_mark,
        drawdown,
        rounded_drawdown,
        sum(case when rounded_drawdown < 0 then 0 else 1 end) over (
            partition by backtest_id
            order by equity_date
            rows between unbounded preceding and current row
        ) as stretch_number,
        -- Least at the first of the deepest days: depth in whole steps of 1e-10, then days. Exact
        -- in a DOUBLE.
        round(rounded_drawdown * 1e10) * 1e5
        + {{ days_between("date '1900-01-01'", 'equity_date') }} as trough_order
    from measured
),

stretches as (
    select
        backtest_id,
        stretch_number,
        min(equity_date) as peak_date,
        min(case when rounded_drawdown < 0 then equity_date end) as first_underwater_date,
        max(case when rounded_drawdown < 0 then equity_date end) as last_underwater_date,
        min_by(equity_date, trough_order) as trough_date,
        max(high_water_mark) as peak_equity,
        min(drawdown) as depth,
        sum(case when rounded_drawdown < 0 then 1 else 0 end) as day_count
    from numbered
    group by backtest_id, stretch_number
),

followed_stretches as (
    select
        backtest_id,
        peak_date,
        first_underwater_date,
        last_underwater_date,
        trough_date,
        lead(peak_date) over (
            partition by backtest_id
            order by stretch_number
        ) as recovery_date,
        peak_equity,
        depth,
        cast(day_count as bigint) as day_count
    from stretches
),

final as (
    select
        backtest_id,
        peak_date,
        first_underwater_date,
        trough_date,
        last_underwater_date,
        recovery_date,
        cast(
            row_number() over (
                partition by backtest_id
                order by
                    {{ rounded('depth') }} asc nulls last,
                    peak_date asc
            ) as bigint
        ) as drawdown_rank,
        depth,
        peak_equity,
        {{ days_between('peak_date', 'trough_date') }} as decline_days,
        {{ days_between('trough_date', 'recovery_date') }} as recovery_days,
        {{ days_between('peak_date', 'coalesce(recovery_date, last_underwater_date)') }}
            as total_days,
        day_count,
        recovery_date is null as is_open
    from followed_stretches
    where first_underwater_date is not null
)

select * from final
