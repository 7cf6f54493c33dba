-- One row per symbol: a fingerprint of its daily closes.
with

bars as (
    select
        symbol,
        bar_date,
        close
    from {{ ref('int_bars_daily') }}
),

final as (
    select
        symbol,
        {{ sha256_text(joined_text(
            "cast(bar_date as string) || '=' || cast(close as string)", order_by='bar_date'
        )) }} as bars_sha256
    from bars
    group by symbol
)

select * from final
