-- One row per backtest or symbol: the latest decision on its calendar.
with

calendars as (
    select
        load_id,
        subject_kind,
        subject_id,
        frequency,
        periods_per_year,
        has_weekends
    from {{ ref('stg_calendars') }}
),

ranked as (
    select
        subject_kind,
        subject_id,
        frequency,
        periods_per_year,
        has_weekends,
        row_number() over (
            partition by subject_kind, subject_id
            order by load_id desc
        ) as recency
    from calendars
),

final as (
    select
        subject_kind,
        subject_id,
        frequency,
        periods_per_year,
        has_weekends
    from ranked
    where recency = 1
)

select * from final
