-- One row per backtest whose rows are missing from int_backtest_statistics.
with

{{ missing_versions('int_backtest_statistics', follows='fct_equity_daily') }},

final as (
    select
        backtest_id,
        input_version
    from missing
)

select * from final
