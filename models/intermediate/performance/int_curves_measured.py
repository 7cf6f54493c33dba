from curvehouse.analytics.curve_statistics import measure_curves


def model(dbt, session):
    curves = dbt.ref("int_curves_to_summarise").to_arrow_table()
    days = dbt.ref("int_days_to_summarise").order("curve_number, equity_date")
    return measure_curves(
        days.to_arrow_reader(100_000),
        curves,
        zero_dispersion_ratio=dbt.config.meta_get("zero_dispersion_ratio"),
    )
