from curvehouse.analytics.regimes import RegimeRules, label_regimes


def model(dbt, session):
    rules = RegimeRules(
        history_bars=dbt.config.meta_get("history_bars"),
        min_history_bars=dbt.config.meta_get("min_history_bars"),
        trend_threshold=dbt.config.meta_get("trend_threshold"),
        min_dwell_bars=dbt.config.meta_get("min_dwell_bars"),
    )
    versions = dbt.ref("int_curves_to_label").to_arrow_table()
    days = dbt.ref("int_curve_trends_to_label").order("backtest_id, equity_date")
    reader = days.to_arrow_reader(100_000)
    return label_regimes(
        reader, key="backtest_id", day="equity_date", rules=rules, versions=versions
    )
