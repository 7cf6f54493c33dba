{# Every row meets every condition; a condition that comes out NULL is met. #}
{% test is_valid_row(model, conditions) %}
with

violations as (
    select *
    from {{ model }}
    where
        {%- for condition in conditions %}
        {% if not loop.first %}or {% endif %}not ({{ condition }})
        {%- endfor %}
)

select * from violations
{% endtest %}
