{# What kept a dbt command from being about everything; empty when nothing did. #}
{% macro build_selection(results) -%}
    {%- set found = [] -%}
    {%- for option in [
        "select", "exclude", "selector", "resource_types", "exclude_resource_types",
        "empty", "sample", "event_time_start", "event_time_end", "defer",
    ] -%}
        {%- set given = invocation_args_dict.get(option) -%}
        {#- Unit tests look at the models, not at the data: a build without them is whole. -#}
        {%- if option == "exclude_resource_types" -%}
            {%- set given = (given or []) | map("string") | reject("equalto", "unit_test") | list -%}
        {%- endif -%}
        {%- if given -%}{%- do found.append(option ~ "=" ~ given) -%}{%- endif -%}
    {%- endfor -%}
    {#- `dbt retry` has no such option, and an interrupted command leaves nodes out too. -#}
    {%- set wanted = graph.nodes.values()
        | selectattr("resource_type", "in", ["model", "seed", "snapshot", "test"])
        | rejectattr("config.materialized", "equalto", "ephemeral")
        | map(attribute="unique_id") | list -%}
    {%- set ran = results | map(attribute="node.unique_id") | list -%}
    {%- set left_out = wanted | reject("in", ran) | list -%}
    {%- if left_out and invocation_args_dict["which"] == "build" -%}
        {%- do found.append(left_out | length ~ " of " ~ wanted | length ~ " nodes left out") -%}
    {%- endif -%}
    {{- found | join(" ") -}}
{%- endmacro %}
