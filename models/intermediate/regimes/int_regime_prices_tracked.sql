-- One row per symbol or backtest per day, of those to be tracked: close or equity.
with

subjects as (
    select
        subject_kind,
        subject_id
    from {{ ref('int_regimes_to_track') }}
),

bars as (
    select
        symbol,
        bar_date,
        close
    from {{ ref('int_bars_daily') }}
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
        subjects.subject_kind,
        subjects.subject_id,
        bars.bar_date as price_date,
        bars.close as price
    from bars
    inner join subjects on bars.symbol = subjects.subject_id
    where subjects.subject_kind = 'symbol'
    union all
    select
        subjects.subject_kind,
        subjects.subject_id,
        equity.equity_date as price_date,
        equity.equity as price
    from equity
    inner join subjects on equity.backtest_id = subjects.subject_id
    where subjects.subject_kind = 'backtest'
)

select * from final
