-- One row per run, strategy (empty for the run) and distinct trade, where there is a pattern.
with

trades_assigned as (
    select
        run_id,
        strategy,
        symbol,
        side,
        entry_at,
        exit_at,
        cluster_id,
        entry_cluster_id,
        copy_count,
        pnl,
        is_losing
    from {{ ref('int_trades_assigned') }}
),

final as (
    select
        run_id,
        strategy,
        symbol,
        side,
        entry_at,
        exit_at,
        cluster_id,
        entry_cluster_id,
        copy_count,
        pnl,
        is_losing
    from trades_assigned
)

select * from final
