from curvehouse.analytics.bootstrap import bootstrap_backtests


def model(dbt, session):
    returns = dbt.ref("int_returns_to_bootstrap").order("backtest_id, equity_date")
    return bootstrap_backtests(
        returns.to_arrow_reader(100_000),
        samples=dbt.config.meta_get("samples"),
        mean_block_bars=dbt.config.meta_get("mean_block_bars"),
        min_bars=dbt.config.meta_get("min_bars"),
        min_days=dbt.config.meta_get("min_days"),
        risk_free_rate=dbt.config.meta_get("risk_free_rate"),
        zero_dispersion_ratio=dbt.config.meta_get("zero_dispersion_ratio"),
        min_losses=dbt.config.meta_get("min_losses"),
    )
