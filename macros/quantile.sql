{# The linearly interpolated quantile (NumPy's default) of a column, NULLs left out. #}
{% macro quantile(column, probability) -%}
    {{ return(adapter.dispatch('quantile', 'curvehouse')(column, probability)) }}
{%- endmacro %}

{% macro default__quantile(column, probability) -%}
    quantile_cont({{ column }}, {{ probability }})
{%- endmacro %}

{% macro spark__quantile(column, probability) -%}
    percentile({{ column }}, {{ probability }})
{%- endmacro %}
