from curvehouse.analytics.state_filter import filter_market_states
from curvehouse.partitioned import partitioned


def model(dbt, session):
    closes, fits = dbt.ref("int_market_closes_modelled"), dbt.ref("fct_market_regime_fits")
    return partitioned(filter_market_states, closes, fits, by="symbol", within=("bar_date",))
