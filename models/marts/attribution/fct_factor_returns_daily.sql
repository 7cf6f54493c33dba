-- One row per factor set, factor and day.
with

factors as (
    select
        factor_set,
        factor_date,
        factor,
        factor_kind,
        factor_position,
        factor_return
    from {{ ref('int_factors_loaded') }}
),

risk_free_rates as (
    select
        factor_set,
        factor_date,
        factor_return
    from factors
    where factor_kind = 'rf'
),

risk_free_sets as (
    select factor_set
    from risk_free_rates
    group by factor_set
),

final as (
    select
        factors.factor_set,
        factors.factor_date,
        factors.factor,
        factors.factor_kind,
        factors.factor_position,
        factors.factor_return,
        case
            when factors.factor_kind = 'rf' then null
            when factors.factor_kind = 'excess' or risk_free_sets.factor_set is null
                then factors.factor_return
            else factors.factor_return - risk_free_rates.factor_return
        end as excess_return
    from factors
    left join risk_free_sets on factors.factor_set = risk_free_sets.factor_set
    left join risk_free_rates
        on
            factors.factor_set = risk_free_rates.factor_set
            and factors.factor_date = risk_free_rates.factor_date
)

select * from final
