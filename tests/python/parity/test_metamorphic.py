"""What a change of a curve that means nothing, or little, does to the tables."""

from __future__ import annotations

import math
from typing import Any

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from curves import Curve
from parity.conftest import RUN_ID, SCALE, TWIN_RUN_ID, TWINS

# By table that has rows of a curve: what orders them, and its columns in the account's currency.
TABLES = {
    "fct_equity_daily": ("equity_date", ["equity", "high_water_mark"]),
    "fct_rolling_daily": ("equity_date", []),
    "fct_rolling_beta_daily": ("equity_date", []),
    "fct_returns_monthly": ("month_start_date", ["starting_equity", "final_equity"]),
    "fct_returns_yearly": ("year_start_date", ["starting_equity", "final_equity"]),
    "fct_drawdowns": ("peak_date", ["peak_equity"]),
    "fct_backtest_metrics": ("metric", []),
}
# Drawn anew for each backtest, since the seed is its key.
DRAWN = {
    f"{name}_{bound}"
    for name in ("sharpe_ratio", "cagr", "max_drawdown_resampled")
    for bound in ("p05", "p95")
}


# What is a mean over all days, a quantile or a moment of them, or annualised; what runs to the last
# day; and what the lengths of an open episode are in. Sums, extremes, what counts days that moved
# only, weeks, months, and the days beside the benchmark (it rests on the day added) stay.
CHANGED_BY_A_FLAT_DAY = set(
    """
    mean_daily_return median_daily_return expected_daily_return annual_return cagr
    daily_volatility annual_volatility downside_risk skewness skewness_biased kurtosis
    kurtosis_biased tail_ratio value_at_risk conditional_value_at_risk value_at_risk_gaussian
    conditional_value_at_risk_gaussian autocorrelation autocorrelation_penalty
    stability_of_timeseries ulcer_index ulcer_performance_index serenity_index
    sharpe_ratio smart_sharpe_ratio risk_return_ratio risk_adjusted_return calmar_ratio
    sortino_ratio adjusted_sortino_ratio smart_sortino_ratio smart_adjusted_sortino_ratio
    probabilistic_sharpe_ratio sharpe_ratio_std_error_lo sharpe_ratio_std_error_mertens
    time_in_market profit_ratio outlier_win_ratio outlier_loss_ratio common_sense_ratio
    return_3m return_6m return_1y
    average_drawdown_days longest_drawdown_days max_drawdown_days
    """.split()
)


def twin(kind: str, name: str) -> str:
    return Curve(f"{kind}_{name}", [], []).backtest_id(TWIN_RUN_ID)


def rows_of(built: duckdb.DuckDBPyConnection, table: str, backtest_id: str) -> pl.DataFrame:
    order, _ = TABLES[table]
    query = f"select * exclude (backtest_id) from {table} where backtest_id = ? order by {order}"
    rows = built.execute(query, [backtest_id]).pl()
    if table == "fct_backtest_metrics":
        rows = rows.filter(~pl.col("metric").is_in(list(DRAWN)))
    return rows


def assert_close(left: pl.DataFrame, right: pl.DataFrame) -> None:
    assert_frame_equal(left, right, rel_tol=1e-9, abs_tol=1e-12)


@pytest.mark.parametrize("table", list(TABLES))
@pytest.mark.parametrize("name", TWINS)
def test_another_currency_changes_no_ratio(
    built: duckdb.DuckDBPyConnection, curves: list[Curve], name: str, table: str
) -> None:
    backtest_id = next(curve for curve in curves if curve.name == name).backtest_id(RUN_ID)
    rows = rows_of(built, table, backtest_id)
    assert rows.height
    in_currency = TABLES[table][1]
    expected = rows.with_columns(pl.col(column) * SCALE for column in in_currency)
    assert_close(rows_of(built, table, twin("scaled", name)), expected)


@pytest.mark.parametrize("table", ["fct_equity_daily", "fct_rolling_daily"])
@pytest.mark.parametrize("name", TWINS)
def test_a_flat_day_leaves_the_days_before_it(
    built: duckdb.DuckDBPyConnection, curves: list[Curve], name: str, table: str
) -> None:
    backtest_id = next(curve for curve in curves if curve.name == name).backtest_id(RUN_ID)
    before = rows_of(built, table, backtest_id)
    after = rows_of(built, table, twin("flat", name))
    assert_close(after.head(before.height), before)
    assert after.height == before.height + 1
    if table == "fct_equity_daily":
        last, new = before.row(-1, named=True), after.row(-1, named=True)
        expected = None if name == "ruined" else 0.0
        assert (new["simple_return"], new["log_return"]) == (expected, expected)
        same = ("equity", "high_water_mark", "drawdown")
        assert [new[column] for column in same] == [last[column] for column in same]


@pytest.mark.parametrize("unit", ["month", "year"])
@pytest.mark.parametrize("name", TWINS)
def test_a_flat_day_earns_its_period_nothing(
    built: duckdb.DuckDBPyConnection, curves: list[Curve], name: str, unit: str
) -> None:
    backtest_id = next(curve for curve in curves if curve.name == name).backtest_id(RUN_ID)
    table = f"fct_returns_{unit}ly"
    before = rows_of(built, table, backtest_id)
    after = rows_of(built, table, twin("flat", name))
    # The day falls into the last period of each of these curves, and makes that longer.
    counted = pl.when(pl.col("is_open")).then(pl.col("day_count") + 1)
    expected = before.with_columns(counted.otherwise(pl.col("day_count")).alias("day_count"))
    assert_close(after.drop("last_date"), expected.drop("last_date"))
    assert after["last_date"][-1] > before["last_date"][-1]


@pytest.mark.parametrize("name", TWINS)
def test_a_flat_day_lengthens_the_open_episode_only(
    built: duckdb.DuckDBPyConnection, curves: list[Curve], name: str
) -> None:
    backtest_id = next(curve for curve in curves if curve.name == name).backtest_id(RUN_ID)
    before = rows_of(built, "fct_drawdowns", backtest_id)
    after = rows_of(built, "fct_drawdowns", twin("flat", name))
    assert before["is_open"].to_list()[-1]
    longer = ["last_underwater_date", "total_days", "day_count"]
    assert_close(after.drop(longer), before.drop(longer))
    assert_close(after.head(-1), before.head(-1))
    assert after["day_count"][-1] == before["day_count"][-1] + 1


def metrics_of(built: duckdb.DuckDBPyConnection, backtest_id: str) -> dict[str, Any]:
    query = "select metric, value from fct_backtest_metrics where backtest_id = ?"
    found = built.execute(query, [backtest_id]).fetchall()
    return {metric: value for metric, value in found if metric not in DRAWN}


def is_same(left: float | None, right: float | None) -> bool:
    if left is None or right is None:
        return left is right
    return math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-12)


def test_a_flat_day_changes_the_metrics_that_it_should(
    built: duckdb.DuckDBPyConnection, curves: list[Curve]
) -> None:
    curve = next(curve for curve in curves if curve.name == "walk_0")
    before = metrics_of(built, curve.backtest_id(RUN_ID))
    after = metrics_of(built, twin("flat", "walk_0"))
    assert before.keys() == after.keys()
    changed = {name for name in before if not is_same(before[name], after[name])}
    assert changed == CHANGED_BY_A_FLAT_DAY
    days = len(curve.equity)
    mean, deviation = before["mean_daily_return"], before["daily_volatility"]
    assert after["mean_daily_return"] == pytest.approx(mean * days / (days + 1), rel=1e-12)
    squares = (days - 1) * deviation**2 + mean**2 * days / (days + 1)
    assert after["daily_volatility"] == pytest.approx((squares / days) ** 0.5, rel=1e-12)
    downside = before["downside_risk"] * (days / (days + 1)) ** 0.5
    assert after["downside_risk"] == pytest.approx(downside, rel=1e-12)


def test_every_drawdown_is_between_ruin_and_none(built: duckdb.DuckDBPyConnection) -> None:
    names = r"^(max_)?drawdown(_\d+d|_resampled_p..)?$|^depth$"
    columns = built.execute(
        """
        select table_name, column_name from information_schema.columns
        where table_schema = 'main' and data_type = 'DOUBLE' and regexp_matches(column_name, ?)
        """,
        [names],
    ).fetchall()
    assert len(columns) >= 8
    for table, column in columns:
        ((lowest, highest),) = built.execute(
            f"select min({column}), max({column}) from {table}"
        ).fetchall()
        assert -1 <= lowest <= highest <= 0, (table, column)


@pytest.mark.parametrize("unit", ["month", "year"])
def test_returns_of_all_periods_compound_to_the_total(
    built: duckdb.DuckDBPyConnection, unit: str
) -> None:
    rows = built.sql(
        f"""
        select backtest_id, {unit}ly_return, total_return
        from fct_returns_{unit}ly
        inner join fct_backtest_summary using (backtest_id)
        where {unit}ly_return is not null
        """
    ).pl()
    compounded = rows.group_by("backtest_id").agg(
        (pl.col(f"{unit}ly_return") + 1).product() - 1, pl.col("total_return").first()
    )
    assert compounded.height > 80
    ours, total = compounded[f"{unit}ly_return"], compounded["total_return"]
    assert ours.to_list() == pytest.approx(total.to_list(), rel=1e-9, abs=1e-12)
