from curvehouse.analytics.sharpe import judge_sharpe_ratios
from curvehouse.partitioned import partitioned


def model(dbt, session):
    return partitioned(judge_sharpe_ratios, dbt.ref("int_sharpe_ratios_per_bar"), by="backtest_id")
