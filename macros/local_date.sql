{# The day of a UTC timestamp in a time zone, a NULL zone being UTC. #}
{% macro local_date(moment, timezone) -%}
    {{ return(adapter.dispatch('local_date', 'curvehouse')(moment, timezone)) }}
{%- endmacro %}

{% macro default__local_date(moment, timezone) -%}
    case
        when {{ timezone }} is null then cast({{ moment }} as date)
        else cast(timezone({{ timezone }}, timezone('UTC', {{ moment }})) as date)
    end
{%- endmacro %}

{% macro spark__local_date(moment, timezone) -%}
    cast(convert_timezone('UTC', coalesce({{ timezone }}, 'UTC'), {{ moment }}) as date)
{%- endmacro %}
