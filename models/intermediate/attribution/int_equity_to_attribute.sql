-- One row per backtest per day, of the backtests that a table of attribution lacks on some set.
with

wanted as (
    select backtest_id
    from {{ ref('int_attributions_to_fit') }}
    group by backtest_id
),

equity as (
    select
        backtest_id,
        equity_date,
        equity
    from {{ ref('fct_equity_daily') }}
),

final as (
    select
        equity.backtest_id,
        equity.equity_date,
        equity.equity
    from equity
    inner join wanted on equity.backtest_id = wanted.backtest_id
)

select * from final
