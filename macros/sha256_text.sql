{# The SHA-256 of a text, as 64 hex characters. #}
{% macro sha256_text(expression) -%}
    {{ return(adapter.dispatch('sha256_text', 'curvehouse')(expression)) }}
{%- endmacro %}

{% macro default__sha256_text(expression) -%}
    sha256({{ expression }})
{%- endmacro %}

{% macro spark__sha256_text(expression) -%}
    sha2({{ expression }}, 256)
{%- endmacro %}
