-- One row per loaded equity observation.
with

equity as (
    select
        load_id,
        ts,
        equity
    from {{ source('raw', 'equity') }}
),

final as (
    select
        load_id,
        ts,
        {{ finite('equity') }} as equity
    from equity
)

select * from final
