-- One row per trade of a backtest whose trades are missing from fct_trades, with its days.
with

{{ missing_versions('fct_trades', follows='int_trade_versions') }},

backtests as (
    select
        backtest_id,
        run_id,
        strategy,
        symbol
    from {{ ref('int_backtests_identified') }}
),

files as (
    select
        backtest_id,
        load_id,
        timezone
    from {{ ref('int_files_active') }}
    where file_kind = 'trades'
),

trades as (
    select
        load_id,
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
    from {{ ref('stg_trades') }}
),

final as (
    select
        missing.backtest_id,
        trades.line_number,
        trades.entry_at,
        trades.exit_at,
        {{ local_date('trades.entry_at', 'files.timezone') }} as entry_date,
        {{ local_date('trades.exit_at', 'files.timezone') }} as exit_date,
        backtests.run_id,
        backtests.strategy,
        trades.trade_id,
        coalesce(trades.symbol, backtests.symbol, '') as symbol,
        trades.side,
        {{ local_hour('trades.entry_at', 'files.timezone') }} as entry_hour,
        trades.quantity,
        trades.entry_price,
        trades.exit_price,
        trades.fees,
        trades.pnl,
        trades.pre_runup_pct,
        trades.entry_vol
    from missing
    inner join backtests on missing.backtest_id = backtests.backtest_id
    inner join files on missing.backtest_id = files.backtest_id
    inner join trades on files.load_id = trades.load_id
)

select * from final
