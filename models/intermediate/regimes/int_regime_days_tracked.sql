-- One row per symbol or backtest per day, of those that are to be tracked: regime and price.
with

subjects as (
    select
        subject_kind,
        subject_id
    from {{ ref('int_regimes_to_track') }}
),

market_days as (
    select
        symbol,
        bar_date,
        {{ regime_name('vol_band', 'trend_bucket') }} as regime
    from {{ ref('int_market_regimes_labelled') }}
),

curve_days as (
    select
        backtest_id,
        equity_date,
        regime
    from {{ ref('fct_backtest_regimes') }}
),

final as (
    select
        subjects.subject_kind,
        subjects.subject_id,
        market_days.bar_date as regime_date,
        market_days.regime
    from market_days
    inner join subjects on market_days.symbol = subjects.subject_id
    where subjects.subject_kind = 'symbol'
    union all
    select
        subjects.subject_kind,
        subjects.subject_id,
        curve_days.equity_date as regime_date,
        curve_days.regime
    from curve_days
    inner join subjects on curve_days.backtest_id = subjects.subject_id
    where subjects.subject_kind = 'backtest'
)

select * from final
