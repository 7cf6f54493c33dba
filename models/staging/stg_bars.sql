-- One row per loaded bar of a symbol.
with

bars as (
    select
        load_id,
        symbol,
        ts,
        open,
        high,
        low,
        close,
        volume
    from {{ source('raw', 'bars') }}
),

final as (
    select
        load_id,
        symbol,
        ts,
        {{ finite('open') }} as open,
        {{ finite('high') }} as high,
        {{ finite('low') }} as low,
        {{ finite('close') }} as close,
        {{ finite('volume') }} as volume
    from bars
)

select * from final
