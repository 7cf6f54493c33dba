-- One row per backtest whose rows are missing from fct_rolling_daily.
with

{{ versions_to_fit('fct_rolling_daily', follows='fct_equity_daily') }},

final as (
    select
        backtest_id,
        input_version,
        row_number() over (order by backtest_id) as curve_number
    from missing
)

select * from final
