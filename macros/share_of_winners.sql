{# Share of gains among what gained or lost; NULL where nothing did. #}
{% macro share_of_winners(gain_count, loss_count) -%}
    cast({{ gain_count }} as double) / nullif({{ gain_count }} + {{ loss_count }}, 0)
{%- endmacro %}
