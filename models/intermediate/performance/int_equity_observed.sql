-- One row per backtest per day that its curve's file has: the day's last equity.
-- Nearly all curves have a row a day; only the others are ranked within their days. Each kind has
-- an import of its own: a CTE that is read twice is held in memory whole.
with

curves as (
    select
        backtest_id,
        load_id,
        frequency,
        timezone,
        is_one_a_day
    from {{ ref('int_curves_to_build') }}
    where not is_synthetic
),

daily_equity as (
    select
        load_id,
        ts,
        equity
    from {{ ref('stg_equity') }}
    where equity is not null
),

intraday_equity as (
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
        {{ local_date('daily_equity.ts', 'curves.timezone') }} as equity_date,
        curves.frequency,
        daily_equity.equity,
        cast(null as double) as first_equity
    from daily_equity
    inner join curves on daily_equity.load_id = curves.load_id
    where curves.is_one_a_day
),

placed as (
    select
        curves.backtest_id,
        intraday_equity.ts,
        {{ local_date('intraday_equity.ts', 'curves.timezone') }} as equity_date,
        curves.frequency,
        intraday_equity.equity
    from intraday_equity
    inner join curves on intraday_equity.load_id = curves.load_id
    where not curves.is_one_a_day
),

ranked as (
    select
        backtest_id,
        equity_date,
        frequency,
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
        frequency,
        equity,
        first_equity
    from single
    union all
    select
        backtest_id,
        equity_date,
        frequency,
        equity,
        first_equity
    from ranked
    where recency = 1
)

select * from final
