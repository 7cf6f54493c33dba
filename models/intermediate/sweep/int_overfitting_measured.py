from functools import partial

from curvehouse.analytics.overfitting import measure_overfitting
from curvehouse.partitioned import partitioned


def model(dbt, session):
    kernel = partial(
        measure_overfitting,
        blocks=dbt.config.meta_get("blocks"),
        min_curves=dbt.config.meta_get("min_curves"),
        min_bars=dbt.config.meta_get("min_bars"),
        risk_free_rate=dbt.config.meta_get("risk_free_rate"),
        zero_dispersion_ratio=dbt.config.meta_get("zero_dispersion_ratio"),
    )
    equity, trials = dbt.ref("int_trials_priced"), dbt.ref("int_trials_numbered")
    order = ("trial_number", "equity_date")
    return partitioned(kernel, equity, trials, by="group_number", within=order)
