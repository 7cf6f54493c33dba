-- One row per backtest per day, of the backtests that are to be rolled: figures of the trailing
-- windows, NULL until a window is full of returns, and once a return in it is.
-- The first day's return is measured from the starting cash, not from a bar: windows leave it out.
-- Only ruin leaves days without a return, and for good: today's return tells of the whole window.
{%- set windows = {
    '14d': var('volatility_window_bars'),
    '63d': var('quarter_window_bars'),
    '252d': var('year_window_bars'),
} %}
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
        case when equity.equity > 0 then ln(equity.equity) end as log_equity,
        row_number() over (
            partition by equity.backtest_id
            order by equity.equity_date
        ) as bar_number
    from equity
    inner join curves on equity.backtest_id = curves.backtest_id
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
        bar_number,
        equity,
        simple_return,
        log_return,
        log_equity,
        drawdown,
        stddev_samp(log_return) over window_14d as log_return_stddev_14d,
        {%- for length in ['63d', '252d'] %}
            stddev_samp(log_return) over window_{{ length }} as log_return_stddev_{{ length }},
            avg(simple_return) over window_{{ length }} as return_mean_{{ length }},
            stddev_samp(simple_return) over window_{{ length }} as return_stddev_{{ length }},
            avg(power(least(simple_return, 0), 2)) over window_{{ length }}
                as downside_variance_{{ length }},
            max(equity) over peak_window_{{ length }} as peak_{{ length }},
        {%- endfor %}
        regr_slope(log_equity, bar_number) over trend_window as log_equity_slope_20d
    from numbered
    window
        {%- for length, bars in windows.items() %}
            window_{{ length }} as ({{ rolling_window(bars) }}),
        {%- endfor %}
        {%- for length in ['63d', '252d'] %}
            peak_window_{{ length }} as ({{ rolling_window(windows[length] + 1) }}),
        {%- endfor %}
        trend_window as ({{ rolling_window(var('trend_window_bars')) }})
),

filled as (
    select
        backtest_id,
        equity_date,
        drawdown,
        {%- for length, bars in windows.items() %}
            -- Without dispersion all returns are today's, which so stands for their size.
            case
                when bar_number > {{ bars }} and log_return is not null
                    then {{ dispersion('log_return_stddev_' ~ length, 'abs(log_return)') }}
            end as log_return_stddev_{{ length }},
        {%- endfor %}
        {%- for length in ['63d', '252d'] %}
            return_mean_{{ length }},
            case
                when bar_number > {{ windows[length] }} and simple_return is not null
                    then {{ dispersion('return_stddev_' ~ length, 'abs(simple_return)') }}
            end as return_stddev_{{ length }},
            case
                when bar_number > {{ windows[length] }} and simple_return is not null
                    then sqrt(downside_variance_{{ length }})
            end as downside_deviation_{{ length }},
            case
                when bar_number > {{ windows[length] }}
                    then equity / nullif(peak_{{ length }}, 0) - 1
            end as drawdown_{{ length }},
        {%- endfor %}
        case
            when bar_number >= {{ var('trend_window_bars') }} and log_equity is not null
                then log_equity_slope_20d
        end as log_equity_slope_20d
    from windowed
),

final as (
    select
        filled.backtest_id,
        filled.equity_date,
        {%- for length in windows %}
            {{ annualised_volatility(
                'filled.log_return_stddev_' ~ length, 'backtests.periods_per_year'
            ) }} as volatility_{{ length }},
        {%- endfor %}
        {%- for length in ['63d', '252d'] %}
            (
                filled.return_mean_{{ length }}
                - {{ var('risk_free_rate') }} / backtests.periods_per_year
            )
            / nullif(filled.return_stddev_{{ length }}, 0)
            * sqrt(backtests.periods_per_year) as sharpe_{{ length }},
            filled.return_mean_{{ length }}
            / nullif(filled.downside_deviation_{{ length }}, 0)
            * sqrt(backtests.periods_per_year) as sortino_{{ length }},
        {%- endfor %}
        {{ trend_strength('filled.log_equity_slope_20d', 'filled.log_return_stddev_14d') }}
            as trend_strength_20d,
        filled.drawdown,
        filled.drawdown_63d,
        filled.drawdown_252d
    from filled
    inner join backtests on filled.backtest_id = backtests.backtest_id
)

select * from final
