{# The backtests, with their versions, that a table kept by backtest should hold and does not yet. #}
{% macro missing_versions(model_name, follows, anew=false, key='backtest_id') -%}
followed as (
    {{ followed_versions(follows, key) }}
),

landed as (
    select
        backtest_id,
        input_version
    from {{ ref('stg_landed_versions') }}
    where
        model_name = '{{ model_name }}'
        {%- if anew %}
        and 1 = 0
        {%- endif %}
),

missing as (
    select
        followed.backtest_id,
        followed.input_version
    from followed
    left join landed
        on
            followed.backtest_id = landed.backtest_id
            and followed.input_version = landed.input_version
    where landed.backtest_id is null
)
{%- endmacro %}
