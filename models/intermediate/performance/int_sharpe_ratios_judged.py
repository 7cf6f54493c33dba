from curvehouse.analytics.sharpe import judge_sharpe_ratios


def model(dbt, session):
    return judge_sharpe_ratios(dbt.ref("int_sharpe_ratios_per_bar").to_arrow_table())
