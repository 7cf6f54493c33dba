{# One row per day from the first to the last, both included. #}
{% macro each_day(first_date, last_date) -%}
    {{ return(adapter.dispatch('each_day', 'curvehouse')(first_date, last_date)) }}
{%- endmacro %}

{% macro default__each_day(first_date, last_date) -%}
    cast(unnest(generate_series({{ first_date }}, {{ last_date }}, interval 1 day)) as date)
{%- endmacro %}

{% macro spark__each_day(first_date, last_date) -%}
    explode(
        case
            when {{ first_date }} <= {{ last_date }}
                then sequence({{ first_date }}, {{ last_date }}, interval 1 day)
        end
    )
{%- endmacro %}
