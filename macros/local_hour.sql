{# The hour of the day of a UTC timestamp in a time zone, a NULL zone being UTC. #}
{% macro local_hour(moment, timezone) -%}
    {{ return(adapter.dispatch('local_hour', 'curvehouse')(moment, timezone)) }}
{%- endmacro %}

{% macro default__local_hour(moment, timezone) -%}
    cast(
        extract(
            hour from case
                when {{ timezone }} is null then {{ moment }}
                else timezone({{ timezone }}, timezone('UTC', {{ moment }}))
            end
        ) as integer
    )
{%- endmacro %}

{% macro spark__local_hour(moment, timezone) -%}
    hour(convert_timezone('UTC', coalesce({{ timezone }}, 'UTC'), {{ moment }}))
{%- endmacro %}
