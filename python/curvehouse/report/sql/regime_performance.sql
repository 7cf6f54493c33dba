select
    regime,
    regime_symbol,
    day_count,
    spell_count,
    mean_return,
    annual_volatility,
    hit_rate,
    worst_day,
    p_value_adjusted,
    test_status
from fct_regime_performance
where backtest_id = $backtest_id and basis = 'ex_ante'
order by regime
