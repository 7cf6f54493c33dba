-- One row per backtest: every metric of metric_sources, NULL where it is not a finite number.
with

backtests as (
    select backtest_id
    from {{ ref('int_backtests_identified') }}
),

{%- for model, metrics in metric_sources().items() %}

    {{ model }} as (
        select
            backtest_id,
            {{ metrics | join(',\n        ') }}
        from {{ ref(model) }}
    ),
{%- endfor %}

final as (
    select
        backtests.backtest_id,
        {{ finite_metrics() }}
    from backtests
    {{ metric_joins() }}
)

select * from final
