-- One row per symbol per day: trailing volatility and trend of its closes, NULL until full.
with

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
        symbol,
        bar_date,
        bar_number,
        close,
        log_close,
        log_close - lag(log_close) over (partition by symbol order by bar_number) as log_return
    from bars
),

windowed as (
    select
        symbol,
        bar_date,
        bar_number,
        close,
        count(log_return) over short_window as log_return_count,
        stddev_samp(log_return) over short_window as log_return_stddev,
        avg(abs(log_return)) over short_window as log_return_size,
        count(log_close) over trend_window as log_close_count,
        regr_slope(log_close, bar_number) over trend_window as log_close_slope
    from returns
    window
        short_window as ({{ rolling_window(var('volatility_window_bars'), 'symbol') }}),
        trend_window as ({{ rolling_window(var('trend_window_bars'), 'symbol') }})
),

filled as (
    select
        symbol,
        bar_date,
        bar_number,
        close,
        case
            when log_return_count = {{ var('volatility_window_bars') }}
                then {{ dispersion('log_return_stddev', 'log_return_size') }}
        end as log_return_stddev,
        case
            when log_close_count = {{ var('trend_window_bars') }}
                then log_close_slope
        end as log_close_slope
    from windowed
),

final as (
    select
        filled.symbol,
        filled.bar_date,
        filled.bar_number,
        filled.close,
        {{ annualised_volatility('filled.log_return_stddev', 'calendars.periods_per_year') }}
            as volatility_14d,
        {{ trend_strength('filled.log_close_slope', 'filled.log_return_stddev') }}
            as trend_strength_20d
    from filled
    left join calendars on filled.symbol = calendars.subject_id
)

select * from final
