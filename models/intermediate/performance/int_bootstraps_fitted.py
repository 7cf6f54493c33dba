from functools import partial

from curvehouse.analytics.bootstrap import bootstrap_backtests
from curvehouse.partitioned import partitioned


def model(dbt, session):
    kernel = partial(
        bootstrap_backtests,
        samples=dbt.config.meta_get("samples"),
        mean_block_bars=dbt.config.meta_get("mean_block_bars"),
        min_bars=dbt.config.meta_get("min_bars"),
        min_days=dbt.config.meta_get("min_days"),
        risk_free_rate=dbt.config.meta_get("risk_free_rate"),
        zero_dispersion_ratio=dbt.config.meta_get("zero_dispersion_ratio"),
        min_losses=dbt.config.meta_get("min_losses"),
    )
    returns = dbt.ref("int_returns_to_bootstrap")
    return partitioned(kernel, returns, by="backtest_id", within=("equity_date",))
