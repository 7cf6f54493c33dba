from functools import partial

from curvehouse.analytics.benchmark import measure_against_benchmark
from curvehouse.partitioned import partitioned


def model(dbt, session):
    kernel = partial(
        measure_against_benchmark,
        zero_dispersion_ratio=dbt.config.meta_get("zero_dispersion_ratio"),
    )
    days, curves = dbt.ref("int_days_to_compare"), dbt.ref("int_curves_to_compare")
    return partitioned(kernel, days, curves, by="curve_number", within=("equity_date",))
