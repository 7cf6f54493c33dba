{# One row per entry of a flat JSON object, as a struct of `key` and `value`, both text. #}
{% macro json_entries(column) -%}
    {{ return(adapter.dispatch('json_entries', 'curvehouse')(column)) }}
{%- endmacro %}

{% macro default__json_entries(column) -%}
    unnest(map_entries(cast(cast({{ column }} as json) as map(string, string))))
{%- endmacro %}

{% macro spark__json_entries(column) -%}
    explode(map_entries(from_json({{ column }}, 'map<string, string>')))
{%- endmacro %}
