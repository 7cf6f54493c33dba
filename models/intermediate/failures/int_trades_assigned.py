from curvehouse.analytics.failures import assign_trades


def model(dbt, session):
    # Read before the trades are streamed: another query would end the stream.
    clusters = dbt.ref("int_failure_clusters_fitted").to_arrow_table()
    trades = dbt.ref("int_trades_reduced").order("run_id")
    return assign_trades(trades.to_arrow_reader(100_000), clusters)
