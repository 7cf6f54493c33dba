from curvehouse.analytics.portfolios import list_entries


def model(dbt, session):
    return list_entries(dbt.ref("int_portfolios_in_force").to_arrow_table())
