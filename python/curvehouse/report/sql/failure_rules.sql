select
    run_id,
    strategy,
    rule_id,
    status,
    rule,
    split_at,
    in_sample_trade_count,
    in_sample_precision,
    in_sample_profit_change,
    out_of_sample_trade_count,
    out_of_sample_precision,
    out_of_sample_profit_change,
    out_of_sample_lift,
    out_of_sample_p_adjusted
from fct_failure_rules
order by run_id, strategy, rule_id
