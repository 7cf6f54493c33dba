{# Notes what ran and how it ended; `curvehouse publish` trusts only a clean, whole build. #}
{% macro record_build(results) %}
    {%- if execute -%}
        {%- set failed = results | selectattr("status", "in", ["error", "fail", "runtime error"]) -%}
        {%- set selection = [] -%}
        {%- for option in ["select", "exclude", "selector", "resource_types"] -%}
            {%- set given = invocation_args_dict.get(option) -%}
            {%- if given -%}{%- do selection.append(option ~ "=" ~ given) -%}{%- endif -%}
        {%- endfor -%}
        {#- Unit tests look at the models, not at the data: a build without them is whole. -#}
        {%- set excluded = invocation_args_dict.get("exclude_resource_types") or [] -%}
        {%- if excluded | reject("equalto", "unit_test") | list -%}
            {%- do selection.append("exclude_resource_types=" ~ excluded) -%}
        {%- endif -%}
        insert into operations.builds (
            invocation_id, command, selection, error_count, finished_at
        )
        select
            '{{ invocation_id }}',
            '{{ invocation_args_dict["which"] }}',
            nullif('{{ selection | join(" ") | replace("'", "''") }}', ''),
            {{ failed | list | length }},
            (now() at time zone 'UTC')
    {%- endif -%}
{% endmacro %}
