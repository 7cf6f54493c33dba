-- One row per symbol or backtest per spell of one regime, with the days just before and after it.
with

days as (
    select
        subject_kind,
        subject_id,
        regime_date,
        regime
    from {{ ref('int_regime_days_tracked') }}
),

beside as (
    select
        subject_kind,
        subject_id,
        regime_date,
        regime,
        lag(regime_date) over in_order as previous_date,
        lead(regime_date) over in_order as next_date,
        case when regime = lag(regime) over in_order then 0 else 1 end as is_new
    from days
    window in_order as (
        partition by subject_kind, subject_id
        order by regime_date
    )
),

numbered as (
    select
        subject_kind,
        subject_id,
        regime_date,
        regime,
        previous_date,
        next_date,
        sum(is_new) over (
            partition by subject_kind, subject_id
            order by regime_date
            rows between unbounded preceding and current row
        ) as spell_number
    from beside
),

final as (
    select
        subject_kind,
        subject_id,
        min(regime_date) as start_date,
        max(regime_date) as end_date,
        min(previous_date) as previous_date,
        case when count(next_date) = count(*) then max(next_date) end as change_date,
        regime,
        count(*) as length_bars
    from numbered
    where regime is not null
    group by subject_kind, subject_id, spell_number, regime
)

select * from final
