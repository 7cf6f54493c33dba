-- One row per metric of the backtest summary.
with

definitions as (
    select
        metric,
        description,
        formula,
        unit,
        higher_is_better,
        peer
    from {{ ref('metric_definitions') }}
),

final as (
    select
        metric,
        description,
        formula,
        unit,
        peer,
        higher_is_better as is_higher_better
    from definitions
)

select * from final
