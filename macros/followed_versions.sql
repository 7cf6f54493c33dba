{# The backtests, with their versions, that a table kept by backtest should hold. #}
{% macro followed_versions(follows, key='backtest_id') -%}
    {{ return(adapter.dispatch('followed_versions', 'curvehouse')(follows, key)) }}
{%- endmacro %}

{% macro default__followed_versions(follows, key) -%}
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

{# Nothing is noted there: a table that others follow holds what it follows itself. #}
{% macro spark__followed_versions(follows, key) -%}
    {%- set follows = {
        'fct_backtest_regimes': 'int_curve_regime_versions',
        'fct_equity_daily': 'int_backtest_versions',
        'fct_regime_episodes': 'int_regime_versions',
        'fct_returns_monthly': 'int_backtest_versions',
        'fct_rolling_daily': 'int_backtest_versions',
        'int_backtest_statistics': 'int_backtest_versions',
    }.get(follows, follows) -%}
    {{ default__followed_versions(follows, key) }}
{%- endmacro %}
