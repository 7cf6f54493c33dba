-- One row per backtest and symbol whose bars are the calendar of a curve without days of its own.
with

curves as (
    select
        backtest_id,
        symbol
    from {{ ref('int_curves_to_build') }}
    where
        frequency = 'sparse'
        and not is_synthetic
),

trades as (
    select
        backtest_id,
        symbol
    from {{ ref('int_trades_to_mark') }}
),

final as (
    select
        backtest_id,
        symbol
    from curves
    where symbol is not null
    union
    select
        backtest_id,
        symbol
    from trades
    where symbol is not null
)

select * from final
