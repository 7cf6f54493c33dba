{#
    Config of a table that is kept per backtest: a build computes only the backtests whose input is
    new or changed, and takes out those whose input is gone.

    `follows` names what says which backtests belong in the table, and in which version: a model of
    versions (its name ends in `_versions`), or another table that is kept so. `fitted_by` names the
    Python model that computed the new rows, where one did. The model itself selects the rows of the
    backtests in its worklist, an `int_…_to_…` view made of `missing_versions`.

    Where a backtest has several versions at once, one for each thing that it is held against,
    `parts` names the column that tells them apart, here and in the model of versions. Then each
    of them comes and goes by itself.

    All of it happens in the model's transaction: rows and operations.landed_versions agree always.
#}
{% macro kept_by_backtest(follows, fitted_by=none, parts=none) %}
    {{ return({
        "materialized": "incremental",
        "incremental_strategy": "append",
        "on_schema_change": "fail",
        "pre_hook": "{{ forget_stale_versions('" ~ follows ~ "', '" ~ (parts or '') ~ "') }}",
        "post_hook": "{{ note_landed_versions('" ~ (fitted_by or follows) ~ "', '" ~ follows ~ "') }}",
    }) }}
{% endmacro %}
