-- One row per backtest with a curve: sums and moments of its daily returns, before annualising.
-- least() and greatest() pass over NULL, which the days after ruin have: means don't use them.
with

returns as (
    select
        backtest_id,
        equity_date,
        equity,
        simple_return,
        drawdown,
        bar_number
    from {{ ref('int_returns_computed') }}
),

equity as (
    select
        backtest_id,
        starting_equity
    from {{ ref('int_equity_daily') }}
    where bar_number = 1
),

ranked as (
    select
        backtest_id,
        equity_date,
        equity,
        simple_return,
        drawdown,
        bar_number,
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
        aggregated.backtest_id,
        aggregated.start_date,
        aggregated.end_date,
        equity.starting_equity,
        aggregated.final_equity,
        aggregated.day_count,
        aggregated.return_count,
        {{ days_between('aggregated.start_date', 'aggregated.end_date') }} as calendar_days,
        aggregated.mean_return,
        {{ dispersion('aggregated.return_stddev', 'aggregated.return_size') }} as return_stddev,
        aggregated.downside_deviation,
        aggregated.gain_sum,
        aggregated.loss_sum,
        aggregated.gain_day_count,
        aggregated.loss_day_count,
        aggregated.max_drawdown,
        aggregated.best_day,
        aggregated.worst_day,
        aggregated.return_p05,
        aggregated.return_p95,
        aggregated.worst_returns_mean,
        aggregated.skewness,
        aggregated.kurtosis,
        aggregated.log_equity_r_squared
    from aggregated
    inner join equity on aggregated.backtest_id = equity.backtest_id
)

select * from final
