-- One row per backtest per day that its curve's file has: the day's last equity.
-- Nearly all curves have a row a day; only the others are ranked within their days.
with

curves as (
    select
        backtest_id,
        load_id,
        timezone,
        is_one_a_day
    from {{ ref('int_curves_to_build') }}
    where not is_synthetic
),

equity as (
    select
        load_id,
        ts,
        equity
    from {{ ref('stg_equity') }}
    where equity is not null
),

single as (
    select
        curves.backtest_id,
        {{ local_date('equity.ts', 'curves.timezone') }} as equity_date,
        equity.equity,
        cast(null as double) as first_equity
    from equity
    inner join curves on equity.load_id = curves.load_id
    where curves.is_one_a_day
),

placed as (
    select
        curves.backtest_id,
        equity.ts,
        {{ local_date('equity.ts', 'curves.timezone') }} as equity_date,
        equity.equity
    from equity
    inner join curves on equity.load_id = curves.load_id
    where not curves.is_one_a_day
),

ranked as (
    select
        backtest_id,
        equity_date,
        equity,
        row_number() over (
            partition by backtest_id, equity_date
            order by ts desc
        ) as recency,
        first_value(equity) over (
            partition by backtest_id
            order by ts
            rows between unbounded preceding and current row
        ) as first_equity
    from placed
),

final as (
    select
        backtest_id,
        equity_date,
        equity,
        first_equity
    from single
    union all
    select
        backtest_id,
        equity_date,
        equity,
        first_equity
    from ranked
    where recency = 1
)

select * from final
