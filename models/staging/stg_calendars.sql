-- One row per decision on the calendar of a backtest or symbol.
with

calendars as (
    select
        load_id,
        subject_kind,
        subject_id,
        frequency,
        periods_per_year,
        has_weekends
    from {{ source('raw', 'calendars') }}
),

final as (
    select
        load_id,
        subject_kind,
        subject_id,
        frequency,
        {{ finite('periods_per_year') }} as periods_per_year,
        has_weekends
    from calendars
)

select * from final
