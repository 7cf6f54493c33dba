from curvehouse.analytics.attribution import attribute_backtests


def model(dbt, session):
    wanted = dbt.ref("int_attributions_to_fit").to_arrow_table()
    factors = dbt.ref("int_factors_loaded").to_arrow_table()
    equity = dbt.ref("int_equity_to_attribute").order("backtest_id, equity_date")
    return attribute_backtests(
        equity.to_arrow_reader(100_000),
        wanted,
        factors,
        window_days=dbt.config.meta_get("window_days"),
        max_span_days=dbt.config.meta_get("max_span_days"),
        max_hole_days=dbt.config.meta_get("max_hole_days"),
        min_growth_days=dbt.config.meta_get("min_growth_days"),
    )
