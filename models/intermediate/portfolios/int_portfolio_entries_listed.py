from curvehouse.analytics.portfolios import list_entries
from curvehouse.partitioned import partitioned


def model(dbt, session):
    return partitioned(list_entries, dbt.ref("int_portfolios_in_force"), by="portfolio_id")
