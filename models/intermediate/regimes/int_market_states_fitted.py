from curvehouse.analytics.market_states import fit_market_states


def model(dbt, session):
    return fit_market_states(
        dbt.ref("int_market_closes_modelled").to_arrow_table(),
        dbt.ref("int_market_states_to_fit").to_arrow_table(),
        max_iterations=dbt.config.meta_get("max_iterations"),
    )
