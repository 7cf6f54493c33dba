from functools import partial

from curvehouse.analytics.failures import find_failure_clusters
from curvehouse.partitioned import partitioned


def model(dbt, session):
    kernel = partial(
        find_failure_clusters,
        min_losses=dbt.config.meta_get("min_losses"),
        strategy_min_losses=dbt.config.meta_get("strategy_min_losses"),
        min_share=dbt.config.meta_get("min_share"),
        min_silhouette=dbt.config.meta_get("min_silhouette"),
        level=dbt.config.meta_get("level"),
        null_draws=dbt.config.meta_get("null_draws"),
        sample=dbt.config.meta_get("sample"),
    )
    return partitioned(kernel, dbt.ref("int_trades_reduced"), by="run_id")
