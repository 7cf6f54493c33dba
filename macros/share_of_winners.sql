{# Share of gains among the returns that are not 0; NULL without any. #}
{% macro share_of_winners(column) -%}
    cast(sum(case when {{ column }} > 0 then 1 else 0 end) as double)
    / nullif(sum(case when {{ column }} <> 0 then 1 else 0 end), 0)
{%- endmacro %}
