-- One row per symbol per day, of the symbols whose states are modelled: the close.
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
        bar_date,
        close
    from bars
    where
        symbol in (
            {%- for symbol in var('markov_symbols') -%}
                {{ dbt.string_literal(dbt.escape_single_quotes(symbol)) }},
            {%- endfor -%}
            cast(null as string)
        )
)

select * from final
