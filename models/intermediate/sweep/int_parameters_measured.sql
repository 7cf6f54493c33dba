-- One row per parameter of a strategy on a symbol in a run: its best value, and its slices.
with

grid_values as (
    select
        point_id,
        run_id,
        strategy,
        symbol,
        param_name,
        param_value,
        cagr,
        value_rank
    from {{ ref('int_grid_values_ranked') }}
),

slices as (
    select
        run_id,
        strategy,
        symbol,
        param_name,
        cagr_range
    from {{ ref('int_grid_slices_measured') }}
    where point_count > 1
),

placed as (
    select
        run_id,
        strategy,
        symbol,
        param_name,
        param_value,
        cagr,
        value_rank,
        cast(
            max(value_rank) over (partition by run_id, strategy, symbol, param_name) as bigint
        ) as value_count,
        row_number() over (
            partition by run_id, strategy, symbol, param_name
            order by {{ rounded('cagr') }} desc nulls last, point_id asc
        ) as cagr_rank
    from grid_values
),

best as (
    select
        run_id,
        strategy,
        symbol,
        param_name,
        case when cagr is not null then param_value end as best_value,
        value_count,
        case
            when cagr is not null and value_count >= 3 then value_rank in (1, value_count)
        end as is_best_at_grid_edge
    from placed
    where cagr_rank = 1
),

ranged as (
    select
        run_id,
        strategy,
        symbol,
        param_name,
        avg(cagr_range) as cagr_range_mean,
        max(cagr_range) as cagr_range_max,
        count(*) as slice_count
    from slices
    group by run_id, strategy, symbol, param_name
),

final as (
    select
        best.run_id,
        best.strategy,
        best.symbol,
        best.param_name,
        best.best_value,
        ranged.cagr_range_mean,
        ranged.cagr_range_max,
        best.value_count,
        coalesce(ranged.slice_count, 0) as slice_count,
        best.is_best_at_grid_edge
    from best
    left join ranged
        on
            best.run_id = ranged.run_id
            and best.strategy = ranged.strategy
            and best.symbol = ranged.symbol
            and best.param_name = ranged.param_name
)

select * from final
