-- One row per factor set, factor and day, of the loads in force.
with

active_files as (
    select load_id
    from {{ ref('int_files_active') }}
    where file_kind = 'factors'
),

factors as (
    select
        load_id,
        factor_set,
        factor,
        factor_kind,
        factor_position,
        factor_date,
        factor_return
    from {{ ref('stg_factors') }}
    where factor_return is not null
),

final as (
    select
        factors.load_id,
        factors.factor_set,
        factors.factor,
        factors.factor_kind,
        factors.factor_position,
        factors.factor_date,
        factors.factor_return
    from factors
    inner join active_files on factors.load_id = active_files.load_id
)

select * from final
