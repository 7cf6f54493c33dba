-- One row per metric of fct_backtest_metrics.
with

definitions as (
    select
        metric,
        family,
        description,
        formula,
        unit,
        convention,
        peer,
        peer_difference,
        since_version,
        is_higher_better,
        is_in_summary
    from {{ ref('metric_definitions') }}
),

final as (
    select
        metric,
        family,
        description,
        formula,
        unit,
        convention,
        peer,
        peer_difference,
        since_version,
        is_higher_better,
        is_in_summary
    from definitions
)

select * from final
