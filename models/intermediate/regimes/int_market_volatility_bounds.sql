-- One row per symbol per day: thirds of the volatility of the days before, today left out.
with

trends as (
    select
        symbol,
        bar_date,
        bar_number,
        volatility_14d
    from {{ ref('int_market_trends') }}
),

windowed as (
    select
        symbol,
        bar_date,
        count(*) over history as history_bars,
        {{ quantile('volatility_14d', '1e0 / 3') }} over history as volatility_lower_third,
        {{ quantile('volatility_14d', '2e0 / 3') }} over history as volatility_upper_third
    from trends
    window history as (
        partition by symbol
        order by bar_number
        rows between {{ var('regime_history_bars') }} preceding and 1 preceding
    )
),

final as (
    select
        symbol,
        bar_date,
        case
            when history_bars >= {{ var('regime_history_min_bars') }} then volatility_lower_third
        end as volatility_lower_third,
        case
            when history_bars >= {{ var('regime_history_min_bars') }} then volatility_upper_third
        end as volatility_upper_third
    from windowed
)

select * from final
