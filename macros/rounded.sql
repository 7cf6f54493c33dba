{# What ranks, thresholds and ties compare: sums differ in their last digits from run to run. #}
{% macro rounded(expression) -%}
    round({{ expression }}, 10)
{%- endmacro %}
