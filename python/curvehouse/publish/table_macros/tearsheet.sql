-- The headline metrics of a backtest, by family, with its place by each among the backtests of its
-- run on real histories. The place is NULL where neither high nor low is better.
-- Example: from tearsheet('0f7d172bd03fe4e2')
create macro tearsheet(wanted_backtest) as table
    with

    wanted_run as (
        select run_id from dim_backtests where backtest_id = wanted_backtest
    ),

    placed as (
        select
            metrics.backtest_id,
            catalogue.family,
            catalogue.metric,
            metrics.value,
            catalogue.unit,
            case
                when metrics.value is not null and catalogue.is_higher_better is not null
                    then rank() over (
                        partition by catalogue.metric
                        order by
                            case when catalogue.is_higher_better then -1 else 1 end
                            * round(metrics.value, 10) nulls last
                    )
            end as place,
            count(metrics.value) over (partition by catalogue.metric) as compared_count,
            catalogue.description
        from wanted_run
        inner join dim_backtests as backtests on wanted_run.run_id = backtests.run_id
        inner join fct_backtest_metrics as metrics on backtests.backtest_id = metrics.backtest_id
        inner join dim_metrics as catalogue on metrics.metric = catalogue.metric
        where
            catalogue.is_in_summary
            and (not backtests.is_resampled or backtests.backtest_id = wanted_backtest)
    )

    select
        family,
        metric,
        value,
        unit,
        place,
        compared_count,
        description
    from placed
    where backtest_id = wanted_backtest
    order by family, metric
