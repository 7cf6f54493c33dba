-- One row per run, strategy and distinct closed trade, with how many copies of it there are.
-- Neighbouring cells of a sweep hold the same trades many times over.
with

trades as (
    select
        run_id,
        strategy,
        symbol,
        side,
        entry_at,
        exit_at,
        entry_vol_band,
        entry_trend_bucket,
        entry_weekday,
        entry_hour,
        pnl,
        pre_runup_pct,
        entry_vol,
        hold_minutes
    from {{ ref('fct_trades') }}
    where
        exit_at is not null
        and pnl is not null
),

final as (
    select
        run_id,
        strategy,
        symbol,
        side,
        entry_at,
        exit_at,
        min(entry_vol_band) as entry_vol_band,
        min(entry_trend_bucket) as entry_trend_bucket,
        min(entry_weekday) as entry_weekday,
        min(entry_hour) as entry_hour,
        count(*) as copy_count,
        avg(pnl) as pnl,
        min(pre_runup_pct) as pre_runup_pct,
        min(entry_vol) as entry_vol,
        min(hold_minutes) as hold_minutes
    from trades
    group by run_id, strategy, symbol, side, entry_at, exit_at
)

select * from final
