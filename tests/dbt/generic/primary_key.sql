{# The columns together name one row, and none of them is NULL. #}
{% test primary_key(model, columns) %}
with

keys as (
    select
        {{ columns | join(",\n        ") }},
        count(*) as row_count
    from {{ model }}
    group by {{ columns | join(", ") }}
),

violations as (
    select
        {{ columns | join(",\n        ") }},
        row_count
    from keys
    where
        row_count > 1
        {%- for column in columns %}
        or {{ column }} is null
        {%- endfor %}
)

select * from violations
{% endtest %}
