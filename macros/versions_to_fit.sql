{#
    `missing_versions` for the view that a Python model reads. That happens before the table
    which takes the rows up has begun: where that will be made anew, nothing that it holds counts.
#}
{% macro versions_to_fit(model_name, follows, schema=target.schema, key='backtest_id') -%}
    {%- set table = adapter.get_relation(target.database, schema, model_name) -%}
    {%- set anew = flags.FULL_REFRESH or table is none -%}
    {{ missing_versions(model_name, follows, anew=anew, key=key) }}
{%- endmacro %}
