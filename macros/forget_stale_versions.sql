{# Takes out the rows of backtests that are gone or have another version; all of them where the
   table is made anew. #}
{% macro forget_stale_versions(follows, key='backtest_id') -%}
    {%- set stale -%}
        model_name = '{{ this.name }}'
        {%- if is_incremental() %}
        and (backtest_id, input_version) not in ({{ followed_versions(follows, key) }})
        {%- endif %}
    {%- endset -%}
    {%- if is_incremental() %}
    delete from {{ this }}
    where {{ key }} in (select backtest_id from operations.landed_versions where {{ stale }});
    {%- endif %}
    delete from operations.landed_versions where {{ stale }}
{%- endmacro %}
