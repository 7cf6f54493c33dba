select
    strategy,
    symbol,
    basis,
    best_backtest_id,
    trial_count,
    best_sharpe_per_bar,
    expected_best_sharpe_per_bar,
    deflated_sharpe_ratio,
    deflated_sharpe_status,
    overfitting_probability,
    overfitting_status
from fct_overfitting
where run_id = $run_id
order by strategy, symbol, basis
