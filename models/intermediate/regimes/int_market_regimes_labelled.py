from curvehouse.analytics.regimes import RegimeRules, label_regimes


def model(dbt, session):
    rules = RegimeRules(
        history_bars=dbt.config.meta_get("history_bars"),
        min_history_bars=dbt.config.meta_get("min_history_bars"),
        trend_threshold=dbt.config.meta_get("trend_threshold"),
        min_dwell_bars=dbt.config.meta_get("min_dwell_bars"),
    )
    days = dbt.ref("int_market_trends").order("symbol, bar_date").to_arrow_reader(100_000)
    return label_regimes(days, key="symbol", day="bar_date", rules=rules)
