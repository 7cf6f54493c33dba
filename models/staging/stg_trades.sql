-- One row per loaded trade.
with

trades as (
    select
        load_id,
        backtest_id,
        line_number,
        entry_at,
        exit_at,
        trade_id,
        symbol,
        side,
        quantity,
        entry_price,
        exit_price,
        fees,
        pnl,
        pre_runup_pct,
        entry_vol
    from {{ source('raw', 'trades') }}
),

final as (
    select
        load_id,
        backtest_id,
        line_number,
        entry_at,
        exit_at,
        coalesce(trade_id, cast(line_number as string)) as trade_id,
        symbol,
        side,
        {{ finite('quantity') }} as quantity,
        {{ finite('entry_price') }} as entry_price,
        {{ finite('exit_price') }} as exit_price,
        {{ finite('fees') }} as fees,
        {{ finite('pnl') }} as pnl,
        {{ finite('pre_runup_pct') }} as pre_runup_pct,
        {{ finite('entry_vol') }} as entry_vol
    from trades
)

select * from final
