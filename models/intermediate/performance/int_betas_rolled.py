from functools import partial

from curvehouse.analytics.rolling import BetaWindows, roll_betas
from curvehouse.partitioned import partitioned


def model(dbt, session):
    windows = BetaWindows(
        quarter_bars=dbt.config.meta_get("quarter_bars"),
        year_bars=dbt.config.meta_get("year_bars"),
        zero_dispersion_ratio=dbt.config.meta_get("zero_dispersion_ratio"),
    )
    kernel = partial(roll_betas, windows=windows)
    days, curves = dbt.ref("int_days_to_compare"), dbt.ref("int_curves_to_compare")
    return partitioned(kernel, days, curves, by="curve_number", within=("equity_date",))
