{# Notes how far the dbt command is that runs, in place of what was noted of it before. #}
{% macro note_build(selection, error_count) %}
    {{ return(adapter.dispatch('note_build', 'curvehouse')(selection, error_count)) }}
{% endmacro %}

{% macro default__note_build(selection, error_count) %}
        delete from operations.builds where invocation_id = '{{ invocation_id }}';
        insert into operations.builds (
            invocation_id, command, selection, error_count, finished_at
        )
        select
            '{{ invocation_id }}',
            '{{ invocation_args_dict["which"] }}',
            nullif('{{ selection | replace("'", "''") }}', ''),
            {{ error_count }},
            (now() at time zone 'UTC')
{% endmacro %}

{# No row can be taken out there; the last one counts. #}
{% macro spark__note_build(selection, error_count) %}
        insert into operations.builds (
            invocation_id, command, selection, error_count, finished_at
        )
        select
            '{{ invocation_id }}',
            '{{ invocation_args_dict["which"] }}',
            nullif('{{ selection | replace("\\", "\\\\") | replace("'", "\\'") }}', ''),
            {{ error_count }},
            localtimestamp()
{% endmacro %}
