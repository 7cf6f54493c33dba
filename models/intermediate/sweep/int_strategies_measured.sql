-- One row per strategy and symbol of a run: its jobs by status, and growth over its grid points.
with

jobs as (
    select
        run_id,
        strategy,
        coalesce(symbol, '') as symbol,
        status
    from {{ ref('int_jobs_landed') }}
),

points as (
    select
        run_id,
        strategy,
        symbol,
        cagr
    from {{ ref('int_grid_points_reduced') }}
),

neighbours as (
    select
        run_id,
        strategy,
        symbol,
        pair_count,
        squared_difference_mean
    from {{ ref('int_grid_neighbours_compared') }}
),

counted as (
    select
        run_id,
        strategy,
        symbol,
        count(*) as planned_count,
        {%- for status in job_statuses() %}
            count(case when status = '{{ status }}' then 1 end)
                as {{ status }}_count{% if not loop.last %},{% endif %}
        {%- endfor %}
    from jobs
    group by run_id, strategy, symbol
),

spread as (
    select
        run_id,
        strategy,
        symbol,
        count(*) as grid_point_count,
        count(cagr) as measured_point_count,
        {{ quantile('cagr', '0.5') }} as robust_cagr_median,
        {{ quantile('cagr', '0.05') }} as robust_cagr_p05,
        {{ quantile('cagr', '0.95') }} as robust_cagr_p95,
        stddev_samp(cagr) as cagr_stddev,
        avg(abs(cagr)) as cagr_size
    from points
    group by run_id, strategy, symbol
),

final as (
    select
        counted.run_id,
        counted.strategy,
        counted.symbol,
        spread.robust_cagr_median,
        spread.robust_cagr_p05,
        spread.robust_cagr_p95,
        sqrt(neighbours.squared_difference_mean) as cagr_neighbour_rms,
        case
            when spread.measured_point_count >= {{ var('sensitivity_min_points') }}
                then
                    neighbours.squared_difference_mean
                    / nullif(
                        2 * power({{ dispersion('spread.cagr_stddev', 'spread.cagr_size') }}, 2), 0
                    )
        end as param_sensitivity_score,
        counted.planned_count,
        {%- for status in job_statuses() %}
            counted.{{ status }}_count,
        {%- endfor %}
        spread.grid_point_count,
        spread.measured_point_count,
        coalesce(neighbours.pair_count, 0) as neighbour_pair_count
    from counted
    inner join spread
        on
            counted.run_id = spread.run_id
            and counted.strategy = spread.strategy
            and counted.symbol = spread.symbol
    left join neighbours
        on
            counted.run_id = neighbours.run_id
            and counted.strategy = neighbours.strategy
            and counted.symbol = neighbours.symbol
)

select * from final
