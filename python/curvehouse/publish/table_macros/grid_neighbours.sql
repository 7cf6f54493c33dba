-- A backtest and its neighbours on the grid, which are one step away in one parameter: on a plateau
-- they do about as well. Its own row has distance 0.
-- Example: from grid_neighbours('0f7d172bd03fe4e2')
create macro grid_neighbours(wanted_backtest) as table
    with

    cell as (
        select
            run_id,
            strategy,
            symbol,
            seed
        from dim_backtests
        where backtest_id = wanted_backtest
    ),

    steps as (
        select
            backtests.backtest_id,
            params.param_name,
            params.param_value,
            dense_rank() over (
                partition by params.param_name
                order by params.param_number nulls last, params.param_value
            ) as step
        from cell
        inner join dim_backtests as backtests
            on
                cell.run_id = backtests.run_id
                and cell.strategy = backtests.strategy
                and cell.symbol is not distinct from backtests.symbol
                and cell.seed is not distinct from backtests.seed
        inner join dim_backtest_params as params on backtests.backtest_id = params.backtest_id
    ),

    moves as (
        select
            there.backtest_id,
            sum(abs(there.step - here.step))::bigint as distance,
            max(case when there.step <> here.step then there.param_name end) as moved_param,
            max(case when there.step <> here.step then there.param_value end) as moved_value
        from steps as here
        inner join steps as there on here.param_name = there.param_name
        where here.backtest_id = wanted_backtest
        group by there.backtest_id
    )

    select
        moves.distance,
        moves.moved_param,
        moves.moved_value,
        summary.backtest_id,
        summary.cagr,
        summary.sharpe_ratio,
        summary.max_drawdown
    from moves
    inner join fct_backtest_summary as summary on moves.backtest_id = summary.backtest_id
    where moves.distance <= 1
    order by moves.distance, moves.moved_param, moves.moved_value, summary.backtest_id
