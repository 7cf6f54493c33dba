{# Whether a day is a Saturday or a Sunday. #}
{% macro is_weekend(day) -%}
    {{ return(adapter.dispatch('is_weekend', 'curvehouse')(day)) }}
{%- endmacro %}

{% macro default__is_weekend(day) -%}
    isodow({{ day }}) >= 6
{%- endmacro %}

{% macro spark__is_weekend(day) -%}
    weekday({{ day }}) >= 5
{%- endmacro %}
