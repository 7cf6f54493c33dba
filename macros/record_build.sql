{# Notes what ran and how it ended; `curvehouse publish` trusts only a clean, whole build. #}
{% macro record_build(results) %}
    {%- if execute -%}
        {%- set failed = results
            | rejectattr("status", "in", ["success", "pass", "warn", "skipped", "no-op"]) -%}
        delete from operations.builds where invocation_id = '{{ invocation_id }}';
        insert into operations.builds (
            invocation_id, command, selection, error_count, finished_at
        )
        select
            '{{ invocation_id }}',
            '{{ invocation_args_dict["which"] }}',
            nullif('{{ build_selection(results) | replace("'", "''") }}', ''),
            {{ failed | list | length }},
            (now() at time zone 'UTC')
    {%- endif -%}
{% endmacro %}
