from functools import partial

from curvehouse.analytics.curve_statistics import measure_curves
from curvehouse.partitioned import partitioned


def model(dbt, session):
    kernel = partial(
        measure_curves,
        zero_dispersion_ratio=dbt.config.meta_get("zero_dispersion_ratio"),
    )
    days, curves = dbt.ref("int_days_to_summarise"), dbt.ref("int_curves_to_summarise")
    return partitioned(kernel, days, curves, by="curve_number", within=("equity_date",))
