{# What has regimes of its own, a symbol or a backtest, as one text: the key that its rows are kept by. #}
{% macro regime_subject() -%}
    {{ return("subject_kind || '|' || subject_id") }}
{%- endmacro %}
