-- One row per run, strategy (empty for the run) and cluster of losing trades; or one that says why
-- there is none.
with

failure_clusters_fitted as (
    select
        run_id,
        strategy,
        cluster_id,
        status,
        no_pattern_reason,
        narrative,
        size,
        copy_count,
        avg_loss,
        total_loss,
        centroid_hold_minutes,
        centroid_pre_runup_pct,
        centroid_entry_vol,
        cluster_count,
        trade_count,
        losing_count,
        incomplete_count,
        silhouette,
        null_silhouette_p99,
        region_count,
        winner_share,
        lift,
        lift_lower,
        lift_upper,
        lift_p_adjusted,
        entry_region_count,
        lift_at_entry,
        lift_at_entry_lower,
        lift_at_entry_upper,
        lift_at_entry_p_adjusted
    from {{ ref('int_failure_clusters_fitted') }}
),

final as (
    select
        run_id,
        strategy,
        cluster_id,
        status,
        no_pattern_reason,
        narrative,
        size,
        copy_count,
        avg_loss,
        total_loss,
        centroid_hold_minutes,
        centroid_pre_runup_pct,
        centroid_entry_vol,
        cluster_count,
        trade_count,
        losing_count,
        incomplete_count,
        silhouette,
        null_silhouette_p99,
        region_count,
        winner_share,
        lift,
        lift_lower,
        lift_upper,
        lift_p_adjusted,
        entry_region_count,
        lift_at_entry,
        lift_at_entry_lower,
        lift_at_entry_upper,
        lift_at_entry_p_adjusted
    from failure_clusters_fitted
)

select * from final
