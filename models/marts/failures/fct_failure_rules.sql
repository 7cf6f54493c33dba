-- One row per run, strategy (empty for the run) and rule on what is known at entry; or one that
-- says why there is none.
with

failure_rules_fitted as (
    select
        run_id,
        strategy,
        rule_id,
        split_at,
        status,
        rule,
        predicate,
        trade_count,
        copy_count,
        in_sample_trade_count,
        in_sample_losing_count,
        in_sample_precision,
        in_sample_recall,
        in_sample_profit_change,
        out_of_sample_trade_count,
        out_of_sample_losing_count,
        out_of_sample_precision,
        out_of_sample_recall,
        out_of_sample_profit_change,
        out_of_sample_lift,
        out_of_sample_p_adjusted
    from {{ ref('int_failure_rules_fitted') }}
),

final as (
    select
        run_id,
        strategy,
        rule_id,
        split_at,
        status,
        rule,
        predicate,
        trade_count,
        copy_count,
        in_sample_trade_count,
        in_sample_losing_count,
        in_sample_precision,
        in_sample_recall,
        in_sample_profit_change,
        out_of_sample_trade_count,
        out_of_sample_losing_count,
        out_of_sample_precision,
        out_of_sample_recall,
        out_of_sample_profit_change,
        out_of_sample_lift,
        out_of_sample_p_adjusted
    from failure_rules_fitted
)

select * from final
