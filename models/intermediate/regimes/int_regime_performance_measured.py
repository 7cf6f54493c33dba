from curvehouse.analytics.regime_performance import measure_regime_performance


def model(dbt, session):
    labels = dbt.ref("int_market_regimes_labelled")
    returns = dbt.ref("int_returns_to_split").order("backtest_id, equity_date")
    return measure_regime_performance(
        labels.select("symbol", "bar_date", "vol_band", "trend_bucket").to_arrow_table(),
        returns.to_arrow_reader(100_000),
        shifts=dbt.config.meta_get("shifts"),
        max_label_days=dbt.config.meta_get("max_label_days"),
        zero_dispersion_ratio=dbt.config.meta_get("zero_dispersion_ratio"),
    )
