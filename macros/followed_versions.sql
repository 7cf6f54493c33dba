{# The backtests, with their versions, that a table kept by backtest should hold. #}
{% macro followed_versions(follows, key='backtest_id') -%}
    select
        {% if follows.endswith('_versions') and key != 'backtest_id' %}{{ key }} as {% endif %}backtest_id,
        input_version
    {%- if follows.endswith('_versions') %}
    from {{ ref(follows) }}
    {%- else %}
    from {{ ref('stg_landed_versions') }}
    where model_name = '{{ follows }}'
    {%- endif %}
{%- endmacro %}
