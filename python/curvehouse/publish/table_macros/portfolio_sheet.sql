-- The members of a portfolio, and its costs: what each is, what it weighs since the last rebalance
-- and on average, and what it brought. Shares are decimal fractions of the whole portfolio's.
-- Example: from portfolio_sheet('demo_mixed')
create macro portfolio_sheet(wanted_portfolio) as table
    with

    last_weights as (
        select
            member_id,
            policy,
            weight_target,
            rebalance_date
        from fct_portfolio_weights
        where portfolio_id = wanted_portfolio
        qualify rebalance_date = max(rebalance_date) over ()
    )

    select
        contributions.source,
        contributions.backtest_id,
        backtests.strategy,
        backtests.symbol,
        backtests.params,
        last_weights.policy,
        last_weights.rebalance_date,
        last_weights.weight_target,
        contributions.weight_mean,
        contributions.profit,
        contributions.return_share,
        contributions.risk_share,
        contributions.cagr_change_without,
        contributions.max_drawdown_change_without
    from fct_portfolio_contributions as contributions
    left join last_weights on contributions.member_id = last_weights.member_id
    left join dim_backtests as backtests
        on contributions.backtest_id = backtests.backtest_id
    where contributions.portfolio_id = wanted_portfolio
    order by contributions.member_id is null, contributions.source
