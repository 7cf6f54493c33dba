from curvehouse.analytics.rolling import BetaWindows, roll_betas


def model(dbt, session):
    windows = BetaWindows(
        quarter_bars=dbt.config.meta_get("quarter_bars"),
        year_bars=dbt.config.meta_get("year_bars"),
        zero_dispersion_ratio=dbt.config.meta_get("zero_dispersion_ratio"),
    )
    curves = dbt.ref("int_curves_to_compare").to_arrow_table()
    days = dbt.ref("int_days_to_compare").order("curve_number, equity_date")
    return roll_betas(days.to_arrow_reader(100_000), curves, windows)
