-- One row per backtest per day that its curve has.
with

returns_computed as (
    select
        backtest_id,
        equity_date,
        equity,
        simple_return,
        log_return,
        high_water_mark,
        drawdown
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
        drawdown
    from returns_computed
)

select * from final
