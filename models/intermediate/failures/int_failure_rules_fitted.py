from curvehouse.analytics.failures import find_failure_rules


def model(dbt, session):
    trades = dbt.ref("int_trades_reduced").order("run_id")
    return find_failure_rules(
        trades.to_arrow_reader(100_000),
        split_share=dbt.config.meta_get("split_share"),
        max_depth=dbt.config.meta_get("max_depth"),
        min_leaf=dbt.config.meta_get("min_leaf"),
        strategy_min_losses=dbt.config.meta_get("strategy_min_losses"),
        level=dbt.config.meta_get("level"),
    )
