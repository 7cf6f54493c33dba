from curvehouse.analytics.failures import find_failure_clusters


def model(dbt, session):
    trades = dbt.ref("int_trades_reduced").order("run_id")
    return find_failure_clusters(
        trades.to_arrow_reader(100_000),
        min_losses=dbt.config.meta_get("min_losses"),
        strategy_min_losses=dbt.config.meta_get("strategy_min_losses"),
        min_share=dbt.config.meta_get("min_share"),
        min_silhouette=dbt.config.meta_get("min_silhouette"),
        level=dbt.config.meta_get("level"),
        null_draws=dbt.config.meta_get("null_draws"),
        sample=dbt.config.meta_get("sample"),
    )
