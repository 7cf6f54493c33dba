{# Skewness, corrected for bias (pandas `skew`); NULL below three values or without dispersion. #}
{% macro sample_skewness(column) -%}
    {{ return(adapter.dispatch('sample_skewness', 'curvehouse')(column)) }}
{%- endmacro %}

{% macro default__sample_skewness(column) -%}
    skewness({{ column }})
{%- endmacro %}
