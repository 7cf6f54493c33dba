{# Excess kurtosis, corrected for bias (pandas `kurt`); NULL below four values. #}
{% macro sample_kurtosis(column) -%}
    {{ return(adapter.dispatch('sample_kurtosis', 'curvehouse')(column)) }}
{%- endmacro %}

{% macro default__sample_kurtosis(column) -%}
    kurtosis({{ column }})
{%- endmacro %}
