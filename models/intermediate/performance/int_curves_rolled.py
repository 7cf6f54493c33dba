from functools import partial

from curvehouse.analytics.rolling import RollingWindows, roll_curves
from curvehouse.partitioned import partitioned


def model(dbt, session):
    windows = RollingWindows(
        volatility_bars=dbt.config.meta_get("volatility_bars"),
        trend_bars=dbt.config.meta_get("trend_bars"),
        quarter_bars=dbt.config.meta_get("quarter_bars"),
        year_bars=dbt.config.meta_get("year_bars"),
        zero_dispersion_ratio=dbt.config.meta_get("zero_dispersion_ratio"),
    )
    kernel = partial(roll_curves, windows=windows)
    days, curves = dbt.ref("int_days_to_roll"), dbt.ref("int_curves_to_roll")
    return partitioned(kernel, days, curves, by="curve_number", within=("equity_date",))
