{#
    `missing_versions` for a worklist that is made or read before the tables which take the rows up
    have begun: where one will be made anew, nothing that it holds counts.
#}
{% macro versions_to_fit(model_names, follows, key='backtest_id') -%}
    {%- set names = [model_names] if model_names is string else model_names -%}
    {%- set anew = namespace(is_any=flags.FULL_REFRESH) -%}
    {%- for name in names -%}
        {%- set schema = 'intermediate' if name.startswith('int_') else target.schema -%}
        {%- if adapter.get_relation(target.database, schema, name) is none -%}
            {%- set anew.is_any = true -%}
        {%- endif -%}
    {%- endfor -%}
    {{ missing_versions(names, follows, anew=anew.is_any, key=key) }}
{%- endmacro %}
