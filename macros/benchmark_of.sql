{# The symbol that a model's metrics stand beside, NULL where they stand alone. #}
{% macro benchmark_of(model) -%}
    {%- if model == 'int_benchmark_ratios_formed' -%}
        {{ dbt.string_literal(var('benchmark_symbol')) }}
    {%- else -%}
        cast(null as string)
    {%- endif -%}
{%- endmacro %}
