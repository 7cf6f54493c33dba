from functools import partial

from curvehouse.analytics.attribution import attribute_backtests
from curvehouse.partitioned import partitioned


def model(dbt, session):
    kernel = partial(
        attribute_backtests,
        window_days=dbt.config.meta_get("window_days"),
        max_span_days=dbt.config.meta_get("max_span_days"),
        max_hole_days=dbt.config.meta_get("max_hole_days"),
        min_growth_days=dbt.config.meta_get("min_growth_days"),
    )
    equity = dbt.ref("int_equity_to_attribute")
    wanted, factors = dbt.ref("int_attributions_to_fit"), dbt.ref("int_factors_loaded")
    return partitioned(kernel, equity, wanted, factors, by="backtest_id", within=("equity_date",))
