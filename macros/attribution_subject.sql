{# A backtest held against one factor set, as one text: the key that its rows are kept by. #}
{% macro attribution_subject() -%}
    {{ return("backtest_id || '|' || factor_set") }}
{%- endmacro %}
