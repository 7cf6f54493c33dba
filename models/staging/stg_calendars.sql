-- One row per decision on how many periods a year has.
with

calendars as (
    select
        load_id,
        subject_kind,
        subject_id,
        periods_per_year
    from {{ source('raw', 'calendars') }}
),

final as (
    select
        load_id,
        subject_kind,
        subject_id,
        {{ finite('periods_per_year') }} as periods_per_year
    from calendars
)

select * from final
