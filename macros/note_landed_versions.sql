{# Notes which versions the table holds now. #}
{% macro note_landed_versions(landed_by, follows, key='backtest_id') -%}
    insert into operations.landed_versions (model_name, backtest_id, input_version, landed_at)
    select
        '{{ this.name }}',
        followed.backtest_id,
        followed.input_version,
        (now() at time zone 'UTC')
    from ({{ followed_versions(follows, key) }}) as followed
    where
        (followed.backtest_id, followed.input_version) not in (
            select
                backtest_id,
                input_version
            from operations.landed_versions
            where model_name = '{{ this.name }}'
        )
        {%- if landed_by != follows %}
        and (followed.backtest_id, followed.input_version) in (
            select
                {{ key }},
                input_version
            from {{ ref(landed_by) }}
            where input_version is not null
        )
        {%- endif %}
{%- endmacro %}
