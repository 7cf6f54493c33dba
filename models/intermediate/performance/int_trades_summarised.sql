-- One row per backtest with trades: counts and sums of its closed trades.
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
        pnl,
        exit_at,
        fees,
        {{ days_elapsed('entry_at', 'exit_at') }} as held_days
    from {{ ref('stg_trades') }}
),

final as (
    select
        trades.backtest_id,
        count(*) as trade_count,
        sum(case when trades.exit_at is null then 1 else 0 end) as open_trade_count,
        count(trades.pnl) as closed_trade_count,
        sum(case when trades.pnl > 0 then 1 else 0 end) as winning_trade_count,
        sum(case when trades.pnl < 0 then 1 else 0 end) as losing_trade_count,
        sum(greatest(trades.pnl, 0)) as profit_sum,
        -sum(least(trades.pnl, 0)) as loss_sum,
        sum(trades.pnl) as pnl_sum,
        sum(trades.fees) as fee_sum,
        avg(trades.pnl) as mean_pnl,
        stddev_samp(trades.pnl) as pnl_stddev,
        avg(abs(trades.pnl)) as pnl_size,
        max(trades.pnl) as highest_pnl,
        min(trades.pnl) as lowest_pnl,
        avg(trades.held_days) as mean_held_days,
        avg(case when trades.pnl > 0 then trades.held_days end) as mean_winning_held_days,
        avg(case when trades.pnl < 0 then trades.held_days end) as mean_losing_held_days
    from trades
    inner join active_files on trades.load_id = active_files.load_id
    group by trades.backtest_id
)

select * from final
