from functools import partial

from curvehouse.analytics.portfolios import measure_contributions
from curvehouse.partitioned import partitioned


def model(dbt, session):
    kernel = partial(measure_contributions, **dbt.config.meta_get("options"))
    returns, members = dbt.ref("int_portfolio_returns"), dbt.ref("int_portfolio_members")
    order = ("member_id", "equity_date")
    return partitioned(kernel, returns, members, by="portfolio_id", within=order)
