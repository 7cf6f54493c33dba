-- One row per backtest whose curve has no days of its own: its first day and its last.
-- An open trade reaches to the last bar of its symbol.
with

curves as (
    select
        backtest_id,
        has_weekends
    from {{ ref('int_curves_to_build') }}
    where
        frequency = 'sparse'
        or is_synthetic
),

observed as (
    select
        backtest_id,
        equity_date
    from {{ ref('int_equity_observed') }}
    where frequency = 'sparse'
),

trades as (
    select
        backtest_id,
        entry_date,
        exit_date,
        symbol
    from {{ ref('int_trades_to_mark') }}
),

bars as (
    select
        symbol,
        max(bar_date) as last_bar_date
    from {{ ref('int_bars_daily') }}
    group by symbol
),

known_days as (
    select
        backtest_id,
        equity_date as known_date
    from observed
    union all
    select
        backtest_id,
        entry_date
    from trades
    union all
    select
        backtest_id,
        exit_date
    from trades
    where exit_date is not null
    union all
    select
        trades.backtest_id,
        bars.last_bar_date
    from trades
    inner join bars on trades.symbol = bars.symbol
    where
        trades.exit_date is null
        and bars.last_bar_date > trades.entry_date
),

final as (
    select
        curves.backtest_id,
        min(known_days.known_date) as first_date,
        max(known_days.known_date) as last_date,
        curves.has_weekends
    from curves
    inner join known_days on curves.backtest_id = known_days.backtest_id
    group by curves.backtest_id, curves.has_weekends
)

select * from final
