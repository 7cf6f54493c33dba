{# The day of the week, from 1 for Monday to 7 for Sunday. #}
{% macro weekday_number(day) -%}
    {{ return(adapter.dispatch('weekday_number', 'curvehouse')(day)) }}
{%- endmacro %}

{% macro default__weekday_number(day) -%}
    cast(isodow({{ day }}) as integer)
{%- endmacro %}

{% macro spark__weekday_number(day) -%}
    weekday({{ day }}) + 1
{%- endmacro %}
