select
    start_date,
    coalesce(change_date, end_date) as until_date,
    regime,
    split_part(regime, '-', 1) as volatility_band,
    split_part(regime, '-', 2) as trend
from fct_regime_episodes
where subject_kind = 'backtest' and subject_id = $backtest_id
order by start_date
