-- One row per backtest whose row is missing from int_backtest_statistics.
with

{{ versions_to_fit('int_backtest_statistics', follows='fct_equity_daily') }},

final as (
    select
        backtest_id,
        input_version,
        row_number() over (order by backtest_id) as curve_number
    from missing
)

select * from final
