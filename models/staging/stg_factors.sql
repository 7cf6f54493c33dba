-- One row per loaded factor return.
with

factors as (
    select
        load_id,
        factor_set,
        factor,
        factor_date,
        kind,
        factor_position,
        factor_return
    from {{ source('raw', 'factors') }}
),

final as (
    select
        load_id,
        factor_set,
        factor,
        factor_date,
        kind as factor_kind,
        factor_position,
        {{ finite('factor_return') }} as factor_return
    from factors
)

select * from final
