-- One row per symbol, number of states and day of a year that has a model.
with

filtered as (
    select
        symbol,
        state_count,
        bar_date,
        fit_status,
        state,
        state_1_probability,
        state_2_probability,
        state_3_probability,
        fit_year
    from {{ ref('int_market_states_filtered') }}
),

final as (
    select
        symbol,
        state_count,
        cast(bar_date as timestamp) as ts,
        fit_status,
        state,
        state_1_probability,
        state_2_probability,
        state_3_probability,
        fit_year
    from filtered
)

select * from final
