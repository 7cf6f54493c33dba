-- One row per backtest and parameter of its strategy.
with

backtests as (
    select
        backtest_id,
        params
    from {{ ref('int_backtests_identified') }}
),

entries as (
    select
        backtest_id,
        {{ json_entries('params') }} as entry
    from backtests
),

final as (
    select
        backtest_id,
        entry.key as param_name,
        entry.value as param_value,
        {{ finite('try_cast(entry.value as double)') }} as param_number
    from entries
)

select * from final
