-- One row per backtest per day that its curve has: the day's last equity.
with

active_files as (
    select load_id
    from {{ ref('int_files_active') }}
    where file_kind = 'equity'
),

backtests as (
    select
        backtest_id,
        starting_cash
    from {{ ref('int_backtests_identified') }}
    where has_curve
),

equity as (
    select
        load_id,
        backtest_id,
        ts,
        equity
    from {{ ref('stg_equity') }}
    where equity is not null
),

ranked as (
    select
        equity.backtest_id,
        cast(equity.ts as date) as equity_date,
        equity.equity,
        row_number() over (
            partition by equity.backtest_id, cast(equity.ts as date)
            order by equity.ts desc
        ) as recency,
        first_value(equity.equity) over (
            partition by equity.backtest_id
            order by equity.ts
            rows between unbounded preceding and current row
        ) as first_equity
    from equity
    inner join active_files on equity.load_id = active_files.load_id
),

final as (
    select
        ranked.backtest_id,
        ranked.equity_date,
        ranked.equity,
        coalesce(backtests.starting_cash, ranked.first_equity) as starting_equity,
        row_number() over (
            partition by ranked.backtest_id
            order by ranked.equity_date
        ) as bar_number
    from ranked
    inner join backtests on ranked.backtest_id = backtests.backtest_id
    where ranked.recency = 1
)

select * from final
