{#
    The backtests, with their versions, that a table kept by backtest should hold and does not yet;
    of several tables, those that one of them lacks.
#}
{% macro missing_versions(model_names, follows, anew=false, key='backtest_id') -%}
    {{ return(adapter.dispatch('missing_versions', 'curvehouse')(model_names, follows, anew, key)) }}
{%- endmacro %}

{% macro default__missing_versions(model_names, follows, anew, key) -%}
    {%- set names = [model_names] if model_names is string else model_names -%}
followed as (
    {{ followed_versions(follows, key) }}
),

landed as (
    select
        backtest_id,
        input_version
    from {{ ref('stg_landed_versions') }}
    where
        model_name in ('{{ names | join("', '") }}')
        {%- if anew %}
        and 1 = 0
        {%- endif %}
    group by backtest_id, input_version
    having count(*) = {{ names | length }}
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

{# Every build makes the whole table. #}
{% macro spark__missing_versions(model_names, follows, anew, key) -%}
missing as (
    {{ followed_versions(follows, key) }}
)
{%- endmacro %}
