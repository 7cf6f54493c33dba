from curvehouse.analytics.failures import assign_trades
from curvehouse.partitioned import partitioned


def model(dbt, session):
    clusters = dbt.ref("int_failure_clusters_fitted")
    return partitioned(assign_trades, dbt.ref("int_trades_reduced"), clusters, by="run_id")
