-- One row per curve in force that replaced an earlier load: how many of its rows differ from it.
with

replaced as (
    select
        backtest_id,
        load_id,
        previous_load_id
    from {{ ref('int_curves_replaced') }}
),

equity_now as (
    select
        load_id,
        ts,
        equity
    from {{ ref('stg_equity') }}
),

equity_before as (
    select
        load_id,
        ts,
        equity
    from {{ ref('stg_equity') }}
),

stacked as (
    select
        replaced.backtest_id,
        equity_now.ts,
        equity_now.equity as equity_now,
        cast(null as double) as equity_before
    from equity_now
    inner join replaced on equity_now.load_id = replaced.load_id
    union all
    select
        replaced.backtest_id,
        equity_before.ts,
        cast(null as double) as equity_now,
        equity_before.equity as equity_before
    from equity_before
    inner join replaced on equity_before.load_id = replaced.previous_load_id
),

paired as (
    select
        backtest_id,
        ts,
        max(equity_now) as equity_now,
        max(equity_before) as equity_before
    from stacked
    group by backtest_id, ts
),

judged as (
    select
        backtest_id,
        ts,
        case when equity_before is null then 1 else 0 end as is_added,
        case when equity_now is null then 1 else 0 end as is_removed,
        case
            when abs(equity_now - equity_before) > 1e-9 * abs(equity_before) then 1
            else 0
        end as is_changed
    from paired
),

final as (
    select
        backtest_id,
        min(case when is_removed = 1 or is_changed = 1 then ts end) as first_changed_at,
        sum(is_changed) as changed_row_count,
        sum(is_removed) as removed_row_count,
        sum(is_added) as added_row_count
    from judged
    group by backtest_id
)

select * from final
