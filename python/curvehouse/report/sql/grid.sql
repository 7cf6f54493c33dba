-- Growth on the two parameters to which it is most sensitive: the median over seeds and all others.
with ranked as (
    select
        strategy,
        param_name,
        row_number() over (
            partition by strategy
            order by round(avg(cagr_range_mean), 10) desc nulls last, param_name
        ) as param_rank
    from fct_parameter_sensitivity
    where run_id = $run_id and value_count > 1
    group by strategy, param_name
),

valued as (
    select
        dim_backtest_params.backtest_id,
        ranked.param_rank,
        ranked.param_name,
        dim_backtest_params.param_value,
        dense_rank() over (
            partition by ranked.strategy, ranked.param_name
            order by dim_backtest_params.param_number nulls last, dim_backtest_params.param_value
        ) as position
    from dim_backtest_params
    inner join dim_backtests on dim_backtest_params.backtest_id = dim_backtests.backtest_id
    inner join
        ranked
        on
            dim_backtests.strategy = ranked.strategy
            and dim_backtest_params.param_name = ranked.param_name
    where dim_backtests.run_id = $run_id and ranked.param_rank <= 2
)

select
    dim_backtests.strategy,
    dim_backtests.symbol,
    across.param_name as x_name,
    across.param_value as x_value,
    across.position as x_position,
    coalesce(down.param_name, '') as y_name,
    coalesce(down.param_value, '') as y_value,
    coalesce(down.position, 0) as y_position,
    median(fct_backtest_summary.cagr) as cagr,
    median(fct_backtest_summary.sharpe_ratio) as sharpe_ratio,
    count(*) as backtest_count
from fct_backtest_summary
inner join dim_backtests on fct_backtest_summary.backtest_id = dim_backtests.backtest_id
inner join
    valued as across
    on dim_backtests.backtest_id = across.backtest_id and across.param_rank = 1
left join
    valued as down
    on dim_backtests.backtest_id = down.backtest_id and down.param_rank = 2
where dim_backtests.run_id = $run_id
group by all
order by dim_backtests.strategy, dim_backtests.symbol, y_position, x_position
