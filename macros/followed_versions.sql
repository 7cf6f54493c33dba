{# The backtests, with their versions, that a table kept by backtest should hold. #}
{% macro followed_versions(follows) -%}
    select
        backtest_id,
        input_version
    {%- if follows.endswith('_versions') %}
    from {{ ref(follows) }}
    {%- else %}
    from {{ ref('stg_landed_versions') }}
    where model_name = '{{ follows }}'
    {%- endif %}
{%- endmacro %}
