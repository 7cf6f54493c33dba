{# One row per entry of a flat JSON object, as a struct of `key` and `value`, both text. #}
{% macro json_entries(column) -%}
    {{ return(adapter.dispatch('json_entries', 'curvehouse')(column)) }}
{%- endmacro %}

{% macro default__json_entries(column) -%}
    unnest(map_entries(cast(cast({{ column }} as json) as map(string, string))))
{%- endmacro %}

{# `from_json` alone would rewrite numbers: 0.0005 as 5.0E-4. #}
{% macro spark__json_entries(column) -%}
    explode(zip_with(
        map_entries(from_json({{ column }}, 'map<string, string>')),
        regexp_extract_all(
            {{ column }},
            r'"(?:[^"\\]|\\.)*":\s*("(?:[^"\\]|\\.)*"|[^,}]+)',
            1
        ),
        (entry, written) -> named_struct(
            'key', entry.key,
            'value', if(written rlike '^[-0-9]', written, entry.value)
        )
    ))
{%- endmacro %}
