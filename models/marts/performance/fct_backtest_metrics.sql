-- One row per backtest and metric of dim_metrics: its value, NULL where there is none.
with

metrics_joined as (
    select
        backtest_id,
        {{ metric_sources().values() | sum(start=[]) | join(',\n        ') }}
    from {{ ref('int_metrics_joined') }}
),

final as (
    {%- for model, metrics in metric_sources().items() %}
        {%- set is_first = loop.first %}
        {%- for metric in metrics %}
            {% if not (is_first and loop.first) %}union all
            {% endif -%}
            select
                backtest_id,
                '{{ metric }}' as metric,
                {{ benchmark_of(model) }} as benchmark_symbol,
                cast({{ metric }} as double) as value
            from metrics_joined
        {%- endfor %}
    {%- endfor %}
)

select * from final
