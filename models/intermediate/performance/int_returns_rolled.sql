-- One row per backtest per day, of the backtests that this build rolled: its trailing figures, per
-- year and as ratios.
with

curves_rolled as (
    select
        backtest_id,
        equity_date,
        log_return_stddev_14d,
        log_return_stddev_63d,
        log_return_stddev_252d,
        return_mean_63d,
        return_mean_252d,
        return_stddev_63d,
        return_stddev_252d,
        downside_deviation_63d,
        downside_deviation_252d,
        log_equity_slope_20d,
        drawdown,
        drawdown_63d,
        drawdown_252d
    from {{ ref('int_curves_rolled') }}
    where equity_date is not null
),

backtests as (
    select
        backtest_id,
        periods_per_year
    from {{ ref('int_backtests_identified') }}
),

final as (
    select
        curves_rolled.backtest_id,
        curves_rolled.equity_date,
        {%- for length in ['14d', '63d', '252d'] %}
            {{ annualised_volatility(
                'curves_rolled.log_return_stddev_' ~ length, 'backtests.periods_per_year'
            ) }} as volatility_{{ length }},
        {%- endfor %}
        {%- for length in ['63d', '252d'] %}
            (
                curves_rolled.return_mean_{{ length }}
                - {{ var('risk_free_rate') }} / backtests.periods_per_year
            )
            / nullif(curves_rolled.return_stddev_{{ length }}, 0)
            * sqrt(backtests.periods_per_year) as sharpe_{{ length }},
            curves_rolled.return_mean_{{ length }}
            / nullif(curves_rolled.downside_deviation_{{ length }}, 0)
            * sqrt(backtests.periods_per_year) as sortino_{{ length }},
        {%- endfor %}
        {{ trend_strength(
            'curves_rolled.log_equity_slope_20d', 'curves_rolled.log_return_stddev_14d'
        ) }} as trend_strength_20d,
        curves_rolled.drawdown,
        curves_rolled.drawdown_63d,
        curves_rolled.drawdown_252d
    from curves_rolled
    inner join backtests on curves_rolled.backtest_id = backtests.backtest_id
)

select * from final
