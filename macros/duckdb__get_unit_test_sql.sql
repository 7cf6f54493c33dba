{# Compares unit tests with their DOUBLE columns rounded to 10 decimals, as sums need. #}
{% macro duckdb__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) %}
    {%- set types = {} -%}
    {%- for column in get_column_schema_from_query(main_sql) -%}
        {%- do types.update({column.name | lower: column.dtype | upper}) -%}
    {%- endfor -%}
    {%- set compared = [] -%}
    {%- for name in expected_column_names -%}
        {%- set bare = name | replace('"', '') | lower -%}
        {%- if types.get(bare) in ["DOUBLE", "FLOAT"] -%}
            {%- do compared.append("round(" ~ name ~ ", 10) as " ~ name) -%}
        {%- else -%}
            {%- do compared.append(name) -%}
        {%- endif -%}
    {%- endfor -%}
    with dbt_internal_unit_test_actual as (
        select {{ compared | join(", ") }}, {{ dbt.string_literal("actual") }} as actual_or_expected
        from ({{ main_sql }}) as model_rows
    ),

    dbt_internal_unit_test_expected as (
        select {{ compared | join(", ") }}, {{ dbt.string_literal("expected") }} as actual_or_expected
        from ({{ expected_fixture_sql }}) as expected_rows
    )

    select {{ expected_column_names | join(", ") }}, actual_or_expected
    from dbt_internal_unit_test_actual
    union all
    select {{ expected_column_names | join(", ") }}, actual_or_expected
    from dbt_internal_unit_test_expected
{% endmacro %}
