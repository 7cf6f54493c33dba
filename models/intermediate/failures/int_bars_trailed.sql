-- One row per symbol per day: what a trade that is entered after the day looks back on.
-- Of the symbols whose trades are missing from fct_trades.
with

symbols as (
    select symbol
    from {{ ref('int_trades_to_describe') }}
    group by symbol
),

bars as (
    select
        symbol,
        bar_date,
        bar_number,
        close,
        ln(close) as log_close
    from {{ ref('int_bars_daily') }}
),

calendars as (
    select
        subject_id,
        periods_per_year
    from {{ ref('int_calendars_decided') }}
    where subject_kind = 'symbol'
),

returns as (
    select
        bars.symbol,
        bars.bar_date,
        bars.bar_number,
        bars.close,
        bars.log_close
        - lag(bars.log_close) over (partition by bars.symbol order by bars.bar_number)
            as log_return
    from bars
    inner join symbols on bars.symbol = symbols.symbol
),

windowed as (
    select
        symbol,
        bar_date,
        count(log_return) over entry_window as log_return_count,
        stddev_samp(log_return) over entry_window as log_return_stddev,
        avg(abs(log_return)) over entry_window as log_return_size,
        lag(close, {{ var('entry_window_bars') - 1 }}) over in_order as first_close
    from returns
    window
        entry_window as ({{ rolling_window(var('entry_window_bars'), 'symbol') }}),
        in_order as (partition by symbol order by bar_number)
),

filled as (
    select
        symbol,
        bar_date,
        first_close,
        case
            when log_return_count = {{ var('entry_window_bars') }}
                then {{ dispersion('log_return_stddev', 'log_return_size') }}
        end as log_return_stddev
    from windowed
),

final as (
    select
        filled.symbol,
        filled.bar_date,
        filled.first_close,
        {{ annualised_volatility('filled.log_return_stddev', 'calendars.periods_per_year') }}
            as volatility
    from filled
    left join calendars on filled.symbol = calendars.subject_id
)

select * from final
