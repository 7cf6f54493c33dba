{# The columns of all metrics, from the models that have them, NULL where they are not finite. #}
{% macro finite_metrics() -%}
    {%- set columns = [] -%}
    {%- for model, metrics in metric_sources().items() -%}
        {%- for metric in metrics -%}
            {%- do columns.append(finite(model ~ '.' ~ metric) ~ ' as ' ~ metric) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{- columns | join(',\n        ') -}}
{%- endmacro %}
