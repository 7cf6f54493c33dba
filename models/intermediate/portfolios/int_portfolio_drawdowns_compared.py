from curvehouse.analytics.portfolios import compare_drawdowns


def model(dbt, session):
    returns = dbt.ref("int_portfolio_returns").order("portfolio_id, member_id, equity_date")
    return compare_drawdowns(
        dbt.ref("int_portfolio_members").to_arrow_table(),
        returns.to_arrow_reader(100_000),
        **dbt.config.meta_get("options"),
    )
