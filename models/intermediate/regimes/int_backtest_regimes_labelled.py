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
    kernel = partial(label_regimes, key="backtest_id", day="equity_date", rules=rules)
    days, versions = dbt.ref("int_curve_trends_to_label"), dbt.ref("int_curves_to_label")
    return partitioned(kernel, days, versions, by="backtest_id", within=("equity_date",))
