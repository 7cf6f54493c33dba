{# Notes what ran and how it ended; `curvehouse publish` trusts only a clean, whole build. #}
{% macro record_build(results) %}
    {%- if execute -%}
        {%- set failed = results
            | rejectattr("status", "in", ["success", "pass", "warn", "skipped", "no-op"]) -%}
        {{ note_build(build_selection(results), failed | list | length) }}
    {%- endif -%}
{% endmacro %}
