{#
    `missing_versions`, and which of their backtests a Python model has fitted. Its rows bear the
    version on the first of each backtest alone, or it would be written once a day.
#}
{% macro fitted_versions(model_name, follows, fitted_by) -%}
{{ missing_versions(model_name, follows) }},

first_rows as (
    select
        backtest_id,
        input_version
    from {{ ref(fitted_by) }}
    where input_version is not null
),

fitted as (
    select missing.backtest_id
    from missing
    inner join first_rows
        on
            missing.backtest_id = first_rows.backtest_id
            and missing.input_version = first_rows.input_version
)
{%- endmacro %}
