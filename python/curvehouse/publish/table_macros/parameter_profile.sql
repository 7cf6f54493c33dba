-- What a parameter of a run did: one row per strategy, symbol and value, over the backtests that
-- have it. Backtests on resampled histories are left out.
-- Example: from parameter_profile('demo', 'ma_long')
create macro parameter_profile(wanted_run, wanted_param) as table
    select
        summary.strategy,
        summary.symbol,
        params.param_value,
        params.param_number,
        count(*) as backtest_count,
        median(summary.cagr) as cagr_median,
        min(summary.cagr) as cagr_lowest,
        max(summary.cagr) as cagr_highest,
        median(summary.sharpe_ratio) as sharpe_ratio_median,
        min(summary.max_drawdown) as max_drawdown_deepest
    from fct_backtest_summary as summary
    inner join dim_backtests as backtests on summary.backtest_id = backtests.backtest_id
    inner join dim_backtest_params as params on summary.backtest_id = params.backtest_id
    where
        summary.run_id = wanted_run
        and params.param_name = wanted_param
        and not backtests.is_resampled
    group by summary.strategy, summary.symbol, params.param_value, params.param_number
    order by summary.strategy, summary.symbol, params.param_number nulls last, params.param_value
