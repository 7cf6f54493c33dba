-- One row per backtest per day of its curve.
{{ config(**kept_by_backtest(follows='int_backtest_versions')) }}
with

returns_computed as (
    select
        backtest_id,
        equity_date,
        equity,
        simple_return,
        log_return,
        high_water_mark,
        drawdown,
        is_filled
    from {{ ref('int_returns_computed') }}
),

final as (
    select
        backtest_id,
        equity_date,
        equity,
        simple_return,
        log_return,
        high_water_mark,
        drawdown,
        is_filled
    from returns_computed
)

select * from final
