from functools import partial

from curvehouse.analytics.failures import find_failure_rules
from curvehouse.partitioned import partitioned


def model(dbt, session):
    kernel = partial(
        find_failure_rules,
        split_share=dbt.config.meta_get("split_share"),
        max_depth=dbt.config.meta_get("max_depth"),
        min_leaf=dbt.config.meta_get("min_leaf"),
        strategy_min_losses=dbt.config.meta_get("strategy_min_losses"),
        level=dbt.config.meta_get("level"),
    )
    return partitioned(kernel, dbt.ref("int_trades_reduced"), by="run_id")
