-- One row per backtest whose rows are missing from fct_rolling_daily.
with

{{ missing_versions('fct_rolling_daily', follows='fct_equity_daily') }},

final as (
    select
        backtest_id,
        input_version
    from missing
)

select * from final
