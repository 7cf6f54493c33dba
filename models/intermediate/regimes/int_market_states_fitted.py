from functools import partial

from curvehouse.analytics.market_states import fit_market_states
from curvehouse.partitioned import partitioned


def model(dbt, session):
    kernel = partial(fit_market_states, max_iterations=dbt.config.meta_get("max_iterations"))
    closes, fits = dbt.ref("int_market_closes_modelled"), dbt.ref("int_market_states_to_fit")
    return partitioned(kernel, closes, fits, by="symbol", within=("bar_date",))
