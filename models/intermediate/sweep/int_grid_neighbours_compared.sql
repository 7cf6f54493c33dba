-- One row per strategy and symbol of a run that has neighbouring grid points: how they differ.
-- Neighbours are one step apart in one parameter; where either has no growth, the pair drops out.
with

grid_values as (
    select
        run_id,
        strategy,
        symbol,
        param_name,
        slice_key,
        cagr,
        value_rank
    from {{ ref('int_grid_values_ranked') }}
),

stepped as (
    select
        run_id,
        strategy,
        symbol,
        cagr,
        value_rank,
        lag(cagr) over slice as cagr_before,
        lag(value_rank) over slice as rank_before
    from grid_values
    window slice as (
        partition by run_id, strategy, symbol, param_name, slice_key
        order by value_rank
    )
),

final as (
    select
        run_id,
        strategy,
        symbol,
        count(*) as pair_count,
        avg(power(cagr - cagr_before, 2)) as squared_difference_mean
    from stepped
    where
        value_rank = rank_before + 1
        and cagr is not null
        and cagr_before is not null
    group by run_id, strategy, symbol
)

select * from final
