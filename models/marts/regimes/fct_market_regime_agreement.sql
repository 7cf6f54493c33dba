-- One row per symbol and number of states: how far states and volatility bands say the same.
with

states as (
    select
        symbol,
        state_count,
        bar_date,
        state
    from {{ ref('int_market_states_filtered') }}
    where state is not null
),

bands as (
    select
        symbol,
        bar_date,
        vol_band
    from {{ ref('int_market_regimes_labelled') }}
    where vol_band is not null
),

paired as (
    select
        states.symbol,
        states.state_count,
        states.state,
        case
            when states.state_count = 3 then bands.vol_band + 1
            when bands.vol_band = 2 then 2
            else 1
        end as band_state
    from states
    inner join bands
        on
            states.symbol = bands.symbol
            and states.bar_date = bands.bar_date
),

shares as (
    select
        symbol,
        state_count,
        count(*) as day_count,
        avg(case when state = band_state then 1e0 else 0e0 end) as agreement,
        avg(case when state = 1 then 1e0 else 0e0 end)
        * avg(case when band_state = 1 then 1e0 else 0e0 end)
        + avg(case when state = 2 then 1e0 else 0e0 end)
        * avg(case when band_state = 2 then 1e0 else 0e0 end)
        + avg(case when state = 3 then 1e0 else 0e0 end)
        * avg(case when band_state = 3 then 1e0 else 0e0 end) as chance_agreement
    from paired
    group by symbol, state_count
),

final as (
    select
        symbol,
        state_count,
        agreement,
        chance_agreement,
        (agreement - chance_agreement) / nullif(1 - chance_agreement, 0) as kappa,
        day_count
    from shares
)

select * from final
