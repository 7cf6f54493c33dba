-- One row per trade of a backtest that has trades and no curve, with its days and its symbol.
with

curves as (
    select
        backtest_id,
        load_id,
        symbol,
        timezone
    from {{ ref('int_curves_to_build') }}
    where is_synthetic
),

trades as (
    select
        load_id,
        line_number,
        entry_at,
        exit_at,
        symbol,
        side,
        quantity,
        entry_price,
        pnl
    from {{ ref('stg_trades') }}
),

final as (
    select
        curves.backtest_id,
        trades.line_number,
        {{ local_date('trades.entry_at', 'curves.timezone') }} as entry_date,
        {{ local_date('trades.exit_at', 'curves.timezone') }} as exit_date,
        coalesce(trades.symbol, curves.symbol) as symbol,
        case trades.side when 'short' then -trades.quantity else trades.quantity end
            as signed_quantity,
        trades.entry_price,
        trades.pnl
    from trades
    inner join curves on trades.load_id = curves.load_id
)

select * from final
