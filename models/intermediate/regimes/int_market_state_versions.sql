-- One row per symbol, number of states and year: a fingerprint of the closes before the year.
{%- set state_counts = [] -%}
{%- for state_count in var('markov_state_counts') -%}
    {%- do state_counts.append('select cast(' ~ state_count ~ ' as bigint) as state_count') -%}
{%- endfor %}
with

closes as (
    select
        symbol,
        bar_date,
        close,
        cast(extract(year from bar_date) as integer) as bar_year
    from {{ ref('int_market_closes_modelled') }}
),

years as (
    select
        symbol,
        bar_year as fit_year
    from closes
    group by symbol, bar_year
),

histories as (
    select
        years.symbol,
        years.fit_year,
        count(*) as bar_count,
        {{ joined_text(
            "cast(closes.bar_date as string) || '=' || cast(closes.close as string)",
            order_by='closes.bar_date'
        ) }} as closes_text
    from years
    inner join closes
        on
            years.symbol = closes.symbol
            and years.fit_year > closes.bar_year
    group by years.symbol, years.fit_year
),

state_counts as (
    {{ state_counts | join('\n    union all\n    ') }}
),

final as (
    select
        histories.symbol,
        state_counts.state_count,
        histories.fit_year,
        {{ sha256_text(joined_fields([
            'histories.closes_text',
            "'max_iterations=" ~ var('markov_max_iterations') ~ "'",
        ])) }} as input_version
    from histories
    cross join state_counts
    where histories.bar_count >= {{ var('markov_min_bars') }}
)

select * from final
