{# Minutes from one timestamp to a later one, seconds and less as a fraction. #}
{% macro minutes_between(first_moment, last_moment) -%}
    {{ return(adapter.dispatch('minutes_between', 'curvehouse')(first_moment, last_moment)) }}
{%- endmacro %}

{% macro default__minutes_between(first_moment, last_moment) -%}
    date_diff('microsecond', {{ first_moment }}, {{ last_moment }}) / 6e7
{%- endmacro %}

{% macro spark__minutes_between(first_moment, last_moment) -%}
    timestampdiff(microsecond, {{ first_moment }}, {{ last_moment }}) / 6e7
{%- endmacro %}
