from functools import partial

from curvehouse.analytics.regimes import RegimeRules, label_regimes
from curvehouse.partitioned import partitioned


def model(dbt, session):
    rules = RegimeRules(
        history_bars=dbt.config.meta_get("history_bars"),
        min_history_bars=dbt.config.meta_get("min_history_bars"),
        trend_threshold=dbt.config.meta_get("trend_threshold"),
        min_dwell_bars=dbt.config.meta_get("min_dwell_bars"),
    )
    kernel = partial(label_regimes, key="symbol", day="bar_date", rules=rules)
    return partitioned(kernel, dbt.ref("int_market_trends"), by="symbol", within=("bar_date",))
