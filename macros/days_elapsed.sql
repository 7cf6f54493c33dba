{# Days from one moment to a later one, with their fraction. #}
{% macro days_elapsed(first_moment, last_moment) -%}
    {{ return(adapter.dispatch('days_elapsed', 'curvehouse')(first_moment, last_moment)) }}
{%- endmacro %}

{% macro default__days_elapsed(first_moment, last_moment) -%}
    date_diff('microsecond', {{ first_moment }}, {{ last_moment }}) / 8.64e10
{%- endmacro %}

{% macro spark__days_elapsed(first_moment, last_moment) -%}
    timestampdiff(microsecond, {{ first_moment }}, {{ last_moment }}) / 8.64e10
{%- endmacro %}
