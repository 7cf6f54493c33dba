select
    dim_metrics.family,
    dim_metrics.metric,
    fct_backtest_metrics.value,
    dim_metrics.unit,
    dim_metrics.description,
    dim_metrics.formula
from dim_metrics
inner join fct_backtest_metrics on dim_metrics.metric = fct_backtest_metrics.metric
where dim_metrics.is_in_summary and fct_backtest_metrics.backtest_id = $backtest_id
order by dim_metrics.family, dim_metrics.metric
