-- One row per run that has grid points: growth over all of them.
with

points as (
    select
        run_id,
        cagr
    from {{ ref('int_grid_points_reduced') }}
),

final as (
    select
        run_id,
        {{ quantile('cagr', '0.5') }} as robust_cagr_median,
        {{ quantile('cagr', '0.05') }} as robust_cagr_p05,
        {{ quantile('cagr', '0.95') }} as robust_cagr_p95,
        count(*) as grid_point_count,
        count(cagr) as measured_point_count
    from points
    group by run_id
)

select * from final
