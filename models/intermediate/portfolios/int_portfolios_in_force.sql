-- One row per portfolio: its spec in force.
with

portfolios as (
    select
        load_id,
        portfolio_id,
        spec
    from {{ ref('stg_portfolios') }}
),

files as (
    select load_id
    from {{ ref('int_files_active') }}
    where file_kind = 'portfolio'
),

final as (
    select
        portfolios.portfolio_id,
        portfolios.spec
    from portfolios
    inner join files on portfolios.load_id = files.load_id
)

select * from final
