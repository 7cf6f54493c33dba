-- One row per loaded spec of a portfolio.
with

portfolios as (
    select
        load_id,
        portfolio_id,
        spec
    from {{ source('raw', 'portfolios') }}
),

final as (
    select
        load_id,
        portfolio_id,
        spec
    from portfolios
)

select * from final
