from curvehouse.analytics.rolling import RollingWindows, roll_curves


def model(dbt, session):
    windows = RollingWindows(
        volatility_bars=dbt.config.meta_get("volatility_bars"),
        trend_bars=dbt.config.meta_get("trend_bars"),
        quarter_bars=dbt.config.meta_get("quarter_bars"),
        year_bars=dbt.config.meta_get("year_bars"),
        zero_dispersion_ratio=dbt.config.meta_get("zero_dispersion_ratio"),
    )
    curves = dbt.ref("int_curves_to_roll").to_arrow_table()
    days = dbt.ref("int_days_to_roll").order("curve_number, equity_date")
    return roll_curves(days.to_arrow_reader(100_000), curves, windows)
