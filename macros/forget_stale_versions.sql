{# Takes out the rows of backtests that are gone or have another version; all of them where the
   table is made anew. Of a backtest with several versions, the parts whose versions stand stay. #}
{% macro forget_stale_versions(follows, parts='') -%}
    {%- set stale -%}
        model_name = '{{ this.name }}'
        {%- if is_incremental() %}
        and (backtest_id, input_version) not in ({{ followed_versions(follows) }})
        {%- endif %}
    {%- endset -%}
    {%- if is_incremental() %}
    delete from {{ this }}
    where
        backtest_id in (select backtest_id from operations.landed_versions where {{ stale }})
        {%- if parts %}
        and (backtest_id, {{ parts }}) not in (
            select
                versions.backtest_id,
                versions.{{ parts }}
            from {{ ref(follows) }} as versions
            inner join operations.landed_versions as landed
                on
                    versions.backtest_id = landed.backtest_id
                    and versions.input_version = landed.input_version
            where landed.model_name = '{{ this.name }}'
        )
        {%- endif %};
    {%- endif %}
    delete from operations.landed_versions where {{ stale }}
{%- endmacro %}
