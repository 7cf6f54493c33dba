{#
    Config of a table that is kept per backtest: a build computes only the backtests whose input is
    new or changed, and takes out those whose input is gone.

    `follows` names what says which backtests belong in the table, and in which version: a model of
    versions (its name ends in `_versions`), or another table that is kept so. `fitted_by` names the
    Python model that computed the new rows, where one did. The model itself selects the rows of the
    backtests in its worklist, an `int_…_to_…` view made of `missing_versions`.

    `key` is what takes the backtest's place where rows are kept by something else: an expression
    over columns that the table, the model of versions and the Python model all have. The same key
    then goes to `missing_versions` or `versions_to_fit`.

    All of it happens in the model's transaction: rows and operations.landed_versions agree always.
    Spark has no transactions: there the table is plain, and every build makes all of it.
#}
{% macro kept_by_backtest(follows, fitted_by=none, key='backtest_id') %}
    {{ return(adapter.dispatch('kept_by_backtest', 'curvehouse')(follows, fitted_by, key)) }}
{% endmacro %}

{% macro default__kept_by_backtest(follows, fitted_by, key) %}
    {%- set wanted = "follows=" ~ (follows | tojson) ~ ", key=" ~ (key | tojson) -%}
    {%- set landed_by = (fitted_by or follows) | tojson -%}
    {{ return({
        "materialized": "incremental",
        "incremental_strategy": "append",
        "on_schema_change": "fail",
        "pre_hook": "{{ forget_stale_versions(" ~ wanted ~ ") }}",
        "post_hook": "{{ note_landed_versions(" ~ landed_by ~ ", " ~ wanted ~ ") }}",
    }) }}
{% endmacro %}

{% macro spark__kept_by_backtest(follows, fitted_by, key) %}
    {{ return({"materialized": "table"}) }}
{% endmacro %}
