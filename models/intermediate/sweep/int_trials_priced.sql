-- One row per trial with a Sharpe ratio and day of its curve: equity, and the close of its symbol.
with

trials as (
    select
        group_number,
        trial_number,
        backtest_id,
        symbol
    from {{ ref('int_trials_numbered') }}
    where sharpe_per_bar is not null
),

equity as (
    select
        backtest_id,
        equity_date,
        equity
    from {{ ref('fct_equity_daily') }}
),

bars as (
    select
        symbol,
        bar_date,
        close
    from {{ ref('int_bars_daily') }}
),

final as (
    select
        trials.group_number,
        trials.trial_number,
        equity.equity_date,
        equity.equity,
        bars.close
    from trials
    inner join equity on trials.backtest_id = equity.backtest_id
    left join bars
        on
            trials.symbol = bars.symbol
            and equity.equity_date = bars.bar_date
)

select * from final
