{# Notes that a dbt command has begun, so that one that is killed does not pass for finished. #}
{% macro record_build_start() %}
    {%- if execute -%}
        insert into operations.builds (
            invocation_id, command, selection, error_count, finished_at
        )
        select
            '{{ invocation_id }}',
            '{{ invocation_args_dict["which"] }}',
            'not finished',
            0,
            (now() at time zone 'UTC')
    {%- endif -%}
{% endmacro %}
