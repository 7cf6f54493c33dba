from curvehouse.analytics.state_filter import filter_market_states


def model(dbt, session):
    return filter_market_states(
        dbt.ref("int_market_closes_modelled").to_arrow_table(),
        dbt.ref("fct_market_regime_fits").to_arrow_table(),
    )
