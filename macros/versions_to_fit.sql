{#
    `missing_versions` for the view that a Python model reads. That happens before the table
    which takes the rows up has begun: where that will be made anew, nothing that it holds counts.
#}
{% macro versions_to_fit(model_name, follows, schema=target.schema) -%}
    {%- set table = adapter.get_relation(target.database, schema, model_name) -%}
    {{ missing_versions(model_name, follows, anew=flags.FULL_REFRESH or table is none) }}
{%- endmacro %}
