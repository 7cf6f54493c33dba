{# Minutes from one timestamp to a later one, seconds as a fraction. #}
{% macro minutes_between(first_moment, last_moment) -%}
    {{ return(adapter.dispatch('minutes_between', 'curvehouse')(first_moment, last_moment)) }}
{%- endmacro %}

{% macro default__minutes_between(first_moment, last_moment) -%}
    date_diff('second', {{ first_moment }}, {{ last_moment }}) / 60e0
{%- endmacro %}
