{# Volatility of one year from the standard deviation of one period. #}
{% macro annualised_volatility(standard_deviation, periods_per_year) -%}
    {{ standard_deviation }} * sqrt({{ periods_per_year }})
{%- endmacro %}
