-- One row per backtest with daily equity: sums and moments of its returns, before annualising.
-- least() and greatest() pass over NULL, which the days after ruin have: means don't use them.
{{ config(**kept_by_backtest(follows='fct_equity_daily')) }}
with

curves as (
    select backtest_id
    from {{ ref('int_curves_to_summarise') }}
),

equity as (
    select
        backtest_id,
        equity_date,
        equity,
        simple_return,
        high_water_mark,
        drawdown
    from {{ ref('fct_equity_daily') }}
),

returns as (
    select
        equity.backtest_id,
        equity.equity_date,
        equity.equity,
        equity.simple_return,
        equity.high_water_mark,
        equity.drawdown
    from equity
    inner join curves on equity.backtest_id = curves.backtest_id
),

ranked as (
    select
        backtest_id,
        equity_date,
        equity,
        simple_return,
        high_water_mark,
        drawdown,
        row_number() over (
            partition by backtest_id
            order by equity_date
        ) as bar_number,
        row_number() over (
            partition by backtest_id
            order by simple_return asc nulls last, equity_date asc
        ) as return_rank,
        count(simple_return) over (partition by backtest_id) as return_count
    from returns
),

aggregated as (
    select
        backtest_id,
        min(equity_date) as start_date,
        max(equity_date) as end_date,
        min_by(equity, bar_number) as first_equity,
        min_by(simple_return, bar_number) as first_return,
        min_by(high_water_mark, bar_number) as first_high_water_mark,
        max_by(equity, bar_number) as final_equity,
        count(*) as day_count,
        count(simple_return) as return_count,
        avg(simple_return) as mean_return,
        stddev_samp(simple_return) as return_stddev,
        avg(abs(simple_return)) as return_size,
        sqrt(
            avg(case when simple_return < 0 then power(simple_return, 2) else 0 * simple_return end)
        ) as downside_deviation,
        sum(greatest(simple_return, 0)) as gain_sum,
        -sum(least(simple_return, 0)) as loss_sum,
        sum(case when simple_return > 0 then 1 else 0 end) as gain_day_count,
        sum(case when simple_return < 0 then 1 else 0 end) as loss_day_count,
        min(least(drawdown, 0)) as max_drawdown,
        max(simple_return) as best_day,
        min(simple_return) as worst_day,
        {{ quantile('simple_return', '0.05') }} as return_p05,
        {{ quantile('simple_return', '0.95') }} as return_p95,
        avg(case when return_rank <= floor((return_count - 1) * 0.05e0) + 1 then simple_return end)
            as worst_returns_mean,
        {{ sample_skewness('simple_return') }} as skewness,
        {{ sample_kurtosis('simple_return') }} as kurtosis,
        case
            when min(equity) > 0 and max(equity) > min(equity)
                then regr_r2(case when equity > 0 then ln(equity) end, bar_number)
        end as log_equity_r_squared
    from ranked
    group by backtest_id
),

final as (
    select
        backtest_id,
        start_date,
        end_date,
        case
            when first_return > 0
                then first_equity / (1 + first_return)
            else first_high_water_mark
        end as starting_equity,
        final_equity,
        day_count,
        return_count,
        {{ days_between('start_date', 'end_date') }} as calendar_days,
        mean_return,
        {{ dispersion('return_stddev', 'return_size') }} as return_stddev,
        downside_deviation,
        gain_sum,
        loss_sum,
        gain_day_count,
        loss_day_count,
        max_drawdown,
        best_day,
        worst_day,
        return_p05,
        return_p95,
        worst_returns_mean,
        skewness,
        kurtosis,
        log_equity_r_squared
    from aggregated
)

select * from final
