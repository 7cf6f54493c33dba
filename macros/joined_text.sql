{# The texts of a group as one, in a given order; NULLs are left out. #}
{% macro joined_text(expression, order_by) -%}
    {{ return(adapter.dispatch('joined_text', 'curvehouse')(expression, order_by)) }}
{%- endmacro %}

{% macro default__joined_text(expression, order_by) -%}
    string_agg({{ expression }}, '&' order by {{ order_by }})
{%- endmacro %}

{% macro spark__joined_text(expression, order_by) -%}
    listagg({{ expression }}, '&') within group (order by {{ order_by }})
{%- endmacro %}
