{# Jobs that neither ended well nor traded nothing, over planned jobs. #}
{% macro failure_rate(planned_count, ok_count, no_trades_count) -%}
    1 - cast({{ ok_count }} + {{ no_trades_count }} as double) / nullif({{ planned_count }}, 0)
{%- endmacro %}
