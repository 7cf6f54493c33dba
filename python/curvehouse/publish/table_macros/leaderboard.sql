-- The best backtests by any metric of dim_metrics, best first, with their headline figures.
-- Backtests on resampled histories, and those that lack the metric, are left out. A metric that
-- there is not is an error.
-- Example: from leaderboard('sharpe_ratio', 10)
create macro leaderboard(by_metric, row_limit) as table
    with

    chosen as (
        select
            coalesce(
                catalogue.metric,
                error('no metric is called ' || asked.metric || ', see dim_metrics')
            ) as metric,
            coalesce(catalogue.is_higher_better, true) as is_higher_better
        from (select coalesce(by_metric, 'NULL') as metric) as asked
        left join dim_metrics as catalogue on asked.metric = catalogue.metric
    ),

    ranked as (
        select
            backtests.backtest_id,
            metrics.metric,
            metrics.value,
            row_number() over (
                order by
                    case when chosen.is_higher_better then -1 else 1 end * round(metrics.value, 10),
                    backtests.backtest_id
            ) as place
        from chosen
        inner join fct_backtest_metrics as metrics on chosen.metric = metrics.metric
        inner join dim_backtests as backtests on metrics.backtest_id = backtests.backtest_id
        where metrics.value is not null and not backtests.is_resampled
    )

    select
        ranked.place,
        ranked.metric,
        ranked.value,
        summary.backtest_id,
        summary.run_id,
        summary.strategy,
        summary.symbol,
        backtests.params,
        backtests.seed,
        summary.cagr,
        summary.sharpe_ratio,
        summary.max_drawdown
    from ranked
    inner join dim_backtests as backtests on ranked.backtest_id = backtests.backtest_id
    inner join fct_backtest_summary as summary on ranked.backtest_id = summary.backtest_id
    order by ranked.place
    limit row_limit
