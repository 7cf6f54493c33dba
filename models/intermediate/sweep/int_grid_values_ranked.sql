-- One row per grid point and parameter: where its value stands among those planned.
-- Points of one slice differ in this parameter only.
with

points as (
    select
        point_id,
        run_id,
        strategy,
        symbol,
        params,
        cagr
    from {{ ref('int_grid_points_reduced') }}
),

entries as (
    select
        point_id,
        {{ json_entries('params') }} as entry
    from points
),

parameters as (
    select
        point_id,
        entry.key as param_name,
        entry.value as param_value,
        {{ finite('try_cast(entry.value as double)') }} as param_number
    from entries
),

ranked as (
    select
        points.point_id,
        points.run_id,
        points.strategy,
        points.symbol,
        parameters.param_name,
        parameters.param_value,
        points.cagr,
        dense_rank() over (
            partition by
                points.run_id, points.strategy, points.symbol, parameters.param_name
            order by parameters.param_number asc nulls last, parameters.param_value asc nulls last
        ) as value_rank
    from points
    inner join parameters on points.point_id = parameters.point_id
),

other_values as (
    select
        ranked.point_id,
        ranked.param_name,
        {{ joined_text(
            "other.param_name || '=' || cast(other.value_rank as string)",
            order_by='other.param_name'
        ) }} as slice_key
    from ranked
    inner join ranked as other
        on
            ranked.point_id = other.point_id
            and ranked.param_name <> other.param_name
    group by ranked.point_id, ranked.param_name
),

final as (
    select
        ranked.point_id,
        ranked.run_id,
        ranked.strategy,
        ranked.symbol,
        ranked.param_name,
        ranked.param_value,
        coalesce(other_values.slice_key, '') as slice_key,
        ranked.cagr,
        ranked.value_rank
    from ranked
    left join other_values
        on
            ranked.point_id = other_values.point_id
            and ranked.param_name = other_values.param_name
)

select * from final
