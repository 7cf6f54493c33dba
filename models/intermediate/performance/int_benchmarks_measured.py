from curvehouse.analytics.benchmark import measure_against_benchmark


def model(dbt, session):
    curves = dbt.ref("int_curves_to_compare").to_arrow_table()
    days = dbt.ref("int_days_to_compare").order("curve_number, equity_date")
    return measure_against_benchmark(
        days.to_arrow_reader(100_000),
        curves,
        zero_dispersion_ratio=dbt.config.meta_get("zero_dispersion_ratio"),
    )
