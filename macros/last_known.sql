{# The last value that is not NULL, up to the current row. #}
{% macro last_known(column) -%}
    {{ return(adapter.dispatch('last_known', 'curvehouse')(column)) }}
{%- endmacro %}

{% macro default__last_known(column) -%}
    last_value({{ column }} ignore nulls)
{%- endmacro %}

{% macro spark__last_known(column) -%}
    last({{ column }}, true)
{%- endmacro %}
