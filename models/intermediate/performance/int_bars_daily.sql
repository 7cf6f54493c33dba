-- One row per symbol per day: the day's last close of the newest load that has the day.
-- Every close in the warehouse comes from here.
with

active_files as (
    select
        load_id,
        timezone
    from {{ ref('int_files_active') }}
    where file_kind = 'bars'
),

bars as (
    select
        load_id,
        symbol,
        ts,
        close
    from {{ ref('stg_bars') }}
    where close is not null
),

placed as (
    select
        bars.load_id,
        bars.symbol,
        bars.ts,
        {{ local_date('bars.ts', 'active_files.timezone') }} as bar_date,
        bars.close
    from bars
    inner join active_files on bars.load_id = active_files.load_id
),

ranked as (
    select
        symbol,
        bar_date,
        close,
        row_number() over (
            partition by symbol, bar_date
            order by load_id desc, ts desc
        ) as recency
    from placed
),

final as (
    select
        symbol,
        bar_date,
        close,
        row_number() over (partition by symbol order by bar_date) as bar_number
    from ranked
    where recency = 1
)

select * from final
