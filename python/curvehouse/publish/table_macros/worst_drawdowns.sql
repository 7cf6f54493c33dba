-- The deepest episodes under water of a backtest, worst first, with the regime that its curve was
-- in at the peak.
-- Example: from worst_drawdowns('0f7d172bd03fe4e2', 5)
create macro worst_drawdowns(wanted_backtest, row_limit) as table
    select
        drawdowns.drawdown_rank,
        drawdowns.depth,
        drawdowns.peak_date,
        drawdowns.trough_date,
        drawdowns.recovery_date,
        drawdowns.decline_days,
        drawdowns.recovery_days,
        drawdowns.total_days,
        drawdowns.is_open,
        regimes.regime as regime_at_peak
    from fct_drawdowns as drawdowns
    left join fct_backtest_regimes as regimes
        on
            drawdowns.backtest_id = regimes.backtest_id
            and drawdowns.peak_date = regimes.equity_date
    where drawdowns.backtest_id = wanted_backtest
    order by drawdowns.drawdown_rank
    limit row_limit
