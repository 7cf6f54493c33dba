from curvehouse.analytics.overfitting import measure_overfitting


def model(dbt, session):
    equity = dbt.ref("int_trials_priced").order("trial_number, equity_date")
    return measure_overfitting(
        dbt.ref("int_trials_numbered").to_arrow_table(),
        equity.to_arrow_reader(100_000),
        blocks=dbt.config.meta_get("blocks"),
        min_curves=dbt.config.meta_get("min_curves"),
        min_bars=dbt.config.meta_get("min_bars"),
        risk_free_rate=dbt.config.meta_get("risk_free_rate"),
        zero_dispersion_ratio=dbt.config.meta_get("zero_dispersion_ratio"),
    )
