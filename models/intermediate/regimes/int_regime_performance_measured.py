from functools import partial

from curvehouse.analytics.regime_performance import measure_regime_performance
from curvehouse.partitioned import partitioned


def model(dbt, session):
    kernel = partial(
        measure_regime_performance,
        shifts=dbt.config.meta_get("shifts"),
        max_label_days=dbt.config.meta_get("max_label_days"),
        zero_dispersion_ratio=dbt.config.meta_get("zero_dispersion_ratio"),
    )
    labels = dbt.ref("int_market_regimes_labelled")
    labels = labels.select("symbol", "bar_date", "vol_band", "trend_bucket")
    returns = dbt.ref("int_returns_to_split")
    return partitioned(kernel, returns, labels, by="backtest_id", within=("equity_date",))
