{# Notes that a dbt command has begun, so that one that is killed does not pass for finished. #}
{% macro record_build_start() %}
    {%- if execute -%}
        {{ note_build("not finished", 0) }}
    {%- endif -%}
{% endmacro %}
