-- One row per backtest per day, of the backtests that are to be rolled: figures of the trailing
-- windows, NULL until a window is full.
-- The first day's return is measured from the starting cash, not from a bar: windows leave it out.
with

curves as (
    select backtest_id
    from {{ ref('int_curves_to_roll') }}
),

equity as (
    select
        backtest_id,
        equity_date,
        equity,
        simple_return,
        log_return,
        drawdown
    from {{ ref('fct_equity_daily') }}
),

numbered as (
    select
        equity.backtest_id,
        equity.equity_date,
        equity.equity,
        equity.simple_return,
        equity.log_return,
        equity.drawdown,
        row_number() over (
            partition by equity.backtest_id
            order by equity.equity_date
        ) as bar_number
    from equity
    inner join curves on equity.backtest_id = curves.backtest_id
),

returns as (
    select
        backtest_id,
        equity_date,
        bar_number,
        case when bar_number > 1 then simple_return end as simple_return,
        case when bar_number > 1 then log_return end as log_return,
        case when equity > 0 then ln(equity) end as log_equity,
        drawdown
    from numbered
),

backtests as (
    select
        backtest_id,
        periods_per_year
    from {{ ref('int_backtests_identified') }}
),

windowed as (
    select
        backtest_id,
        equity_date,
        drawdown,
        count(log_return) over short_window as log_return_count_14d,
        stddev_samp(log_return) over short_window as log_return_stddev_14d,
        avg(abs(log_return)) over short_window as log_return_size_14d,
        count(log_return) over quarter_window as log_return_count_63d,
        stddev_samp(log_return) over quarter_window as log_return_stddev_63d,
        avg(abs(log_return)) over quarter_window as log_return_size_63d,
        count(simple_return) over quarter_window as simple_return_count_63d,
        avg(simple_return) over quarter_window as simple_return_mean_63d,
        stddev_samp(simple_return) over quarter_window as simple_return_stddev_63d,
        avg(abs(simple_return)) over quarter_window as simple_return_size_63d,
        count(log_equity) over trend_window as log_equity_count_20d,
        regr_slope(log_equity, bar_number) over trend_window as log_equity_slope_20d
    from returns
    window
        short_window as ({{ rolling_window(var('volatility_window_bars')) }}),
        quarter_window as ({{ rolling_window(var('quarter_window_bars')) }}),
        trend_window as ({{ rolling_window(var('trend_window_bars')) }})
),

filled as (
    select
        backtest_id,
        equity_date,
        drawdown,
        simple_return_mean_63d,
        case
            when log_return_count_14d = {{ var('volatility_window_bars') }}
                then {{ dispersion('log_return_stddev_14d', 'log_return_size_14d') }}
        end as log_return_stddev_14d,
        case
            when log_return_count_63d = {{ var('quarter_window_bars') }}
                then {{ dispersion('log_return_stddev_63d', 'log_return_size_63d') }}
        end as log_return_stddev_63d,
        case
            when simple_return_count_63d = {{ var('quarter_window_bars') }}
                then {{ dispersion('simple_return_stddev_63d', 'simple_return_size_63d') }}
        end as simple_return_stddev_63d,
        case
            when log_equity_count_20d = {{ var('trend_window_bars') }}
                then log_equity_slope_20d
        end as log_equity_slope_20d
    from windowed
),

final as (
    select
        filled.backtest_id,
        filled.equity_date,
        {{ annualised_volatility('filled.log_return_stddev_14d', 'backtests.periods_per_year') }}
            as volatility_14d,
        {{ annualised_volatility('filled.log_return_stddev_63d', 'backtests.periods_per_year') }}
            as volatility_63d,
        (
            filled.simple_return_mean_63d
            - {{ var('risk_free_rate') }} / backtests.periods_per_year
        )
        / nullif(filled.simple_return_stddev_63d, 0)
        * sqrt(backtests.periods_per_year) as sharpe_63d,
        {{ trend_strength('filled.log_equity_slope_20d', 'filled.log_return_stddev_14d') }}
            as trend_strength_20d,
        filled.drawdown
    from filled
    inner join backtests on filled.backtest_id = backtests.backtest_id
)

select * from final
