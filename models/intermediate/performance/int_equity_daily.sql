-- One row per backtest per day, of the backtests that are to be built: the equity at its end.
-- Dense, weekly and monthly curves keep their days; sparse ones and trades get a calendar's.
with

observed as (
    select
        backtest_id,
        equity_date,
        equity,
        first_equity
    from {{ ref('int_equity_observed') }}
    where frequency <> 'sparse'
),

curves as (
    select
        backtest_id,
        starting_cash
    from {{ ref('int_curves_to_build') }}
),

realigned as (
    select
        backtest_id,
        equity_date,
        equity,
        first_equity,
        is_filled
    from {{ ref('int_equity_realigned') }}
),

synthesised as (
    select
        backtest_id,
        equity_date,
        equity,
        first_equity,
        is_filled
    from {{ ref('int_equity_synthesised') }}
),

final as (
    select
        observed.backtest_id,
        observed.equity_date,
        observed.equity,
        coalesce(curves.starting_cash, observed.first_equity) as known_start,
        false as is_filled
    from observed
    inner join curves on observed.backtest_id = curves.backtest_id
    union all
    select
        realigned.backtest_id,
        realigned.equity_date,
        realigned.equity,
        coalesce(curves.starting_cash, realigned.first_equity) as known_start,
        realigned.is_filled
    from realigned
    inner join curves on realigned.backtest_id = curves.backtest_id
    union all
    select
        backtest_id,
        equity_date,
        equity,
        first_equity as known_start,
        is_filled
    from synthesised
)

select * from final
