{# Joins every model that has metrics to the backtests, each of which may lack some. #}
{% macro metric_joins() -%}
    {%- for model in metric_sources() %}
    left join {{ model }} on backtests.backtest_id = {{ model }}.backtest_id
    {%- endfor -%}
{%- endmacro %}
