-- One row per backtest with a closed trade: the most winners, and the most losers, in a row.
-- Trades follow each other by the moment they were closed.
with

active_files as (
    select load_id
    from {{ ref('int_files_active') }}
    where file_kind = 'trades'
),

trades as (
    select
        load_id,
        backtest_id,
        line_number,
        exit_at,
        pnl
    from {{ ref('stg_trades') }}
    where pnl is not null
),

numbered as (
    select
        trades.backtest_id,
        sign(trades.pnl) as outcome,
        row_number() over (
            partition by trades.backtest_id
            order by trades.exit_at asc nulls last, trades.line_number asc
        ) as place,
        row_number() over (
            partition by trades.backtest_id, sign(trades.pnl)
            order by trades.exit_at asc nulls last, trades.line_number asc
        ) as place_among_equals
    from trades
    inner join active_files on trades.load_id = active_files.load_id
),

streaks as (
    select
        backtest_id,
        outcome,
        count(*) as trade_count
    from numbered
    group by backtest_id, outcome, place - place_among_equals
),

final as (
    select
        backtest_id,
        max(case when outcome > 0 then trade_count else 0 end) as longest_trade_winning_streak,
        max(case when outcome < 0 then trade_count else 0 end) as longest_trade_losing_streak
    from streaks
    group by backtest_id
)

select * from final
