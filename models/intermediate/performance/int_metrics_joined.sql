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
        backtests.backtest_id
        {%- for model, metrics in metric_sources().items() %}
        {%- for metric in metrics %},
        {{ finite(model ~ '.' ~ metric) }} as {{ metric }}
        {%- endfor %}
        {%- endfor %}
    from backtests
    {%- for model in metric_sources() %}
    left join {{ model }} on backtests.backtest_id = {{ model }}.backtest_id
    {%- endfor %}
)

select * from final
