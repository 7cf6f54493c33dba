"""No table looks ahead: cut the input off at any day, and the days before stay as they are."""

from __future__ import annotations

import duckdb
import pytest

from curves import Curve
from parity.conftest import CUT_ROWS, INDEX, RUN_ID, SPARSE_CUTS

LABELS = ("vol_band", "trend_bucket", "regime", "regime_raw", "null_reason")
FIGURES = ("volatility_14d", "trend_strength_20d", "volatility_lower_third")
DAILY = {
    "fct_equity_daily": ("simple_return", "log_return", "high_water_mark", "drawdown"),
    "fct_rolling_daily": (
        "volatility_14d", "volatility_63d", "volatility_252d", "sharpe_63d", "sharpe_252d",
        "sortino_63d", "sortino_252d", "trend_strength_20d", "drawdown_63d", "drawdown_252d",
    ),
    "fct_rolling_beta_daily": ("beta_63d", "beta_252d"),
    "fct_backtest_regimes": (*FIGURES, "volatility_upper_third", *LABELS),
}  # fmt: skip


def differs(column: str) -> str:
    left, right = f"whole.{column}", f"cut.{column}"
    if column in LABELS:
        return f"{left} is distinct from {right}"
    return (
        f"({left} is null) <> ({right} is null) "
        f"or abs({left} - {right}) > 1e-9 * abs({left}) + 1e-12"
    )


@pytest.mark.parametrize("rows", CUT_ROWS)
def test_regimes_of_the_past_stay(built: duckdb.DuckDBPyConnection, rows: int) -> None:
    labels = " or ".join(f"whole.{name} is distinct from cut.{name}" for name in LABELS)
    figures = " or ".join(differs(name) for name in FIGURES)
    ((joined, changed),) = built.execute(
        f"""
        select count(*), count(*) filter (where {labels} or {figures})
        from fct_market_regimes as whole
        inner join fct_market_regimes as cut on whole.ts = cut.ts
        where whole.symbol = ? and cut.symbol = ?
        """,
        [INDEX, f"cut_{rows}"],
    ).fetchall()
    assert (joined, changed) == (rows, 0)


@pytest.mark.parametrize("table", list(DAILY))
@pytest.mark.parametrize("rows", CUT_ROWS)
def test_figures_of_the_past_stay(
    built: duckdb.DuckDBPyConnection, curves: list[Curve], table: str, rows: int
) -> None:
    by_name = {curve.name: curve.backtest_id(RUN_ID) for curve in curves}
    figures = " or ".join(differs(name) for name in DAILY[table])
    ((joined, changed),) = built.execute(
        f"""
        select count(*), count(*) filter (where {figures})
        from {table} as whole
        inner join {table} as cut on whole.equity_date = cut.equity_date
        where whole.backtest_id = ? and cut.backtest_id = ?
        """,
        [by_name["index"], by_name[f"cut_{rows}"]],
    ).fetchall()
    assert (joined, changed) == (rows, 0)


@pytest.mark.parametrize("table", list(DAILY))
@pytest.mark.parametrize("rows", SPARSE_CUTS)
def test_days_of_a_sparse_curve_stay(
    built: duckdb.DuckDBPyConnection, curves: list[Curve], table: str, rows: int
) -> None:
    by_name = {curve.name: curve for curve in curves}
    figures = " or ".join(differs(name) for name in DAILY[table])
    cut = by_name[f"sparse_{rows}"]
    ((whole_days, cut_days, changed),) = built.execute(
        f"""
        select count(whole.equity_date), count(cut.equity_date), count(*) filter (where {figures})
        from (
            from {table} where backtest_id = ? and equity_date <= ?
        ) as whole
        full join (from {table} where backtest_id = ?) as cut using (equity_date)
        """,
        [by_name["sparse"].backtest_id(RUN_ID), cut.days[-1], cut.backtest_id(RUN_ID)],
    ).fetchall()
    assert whole_days == cut_days > 4 * rows
    assert changed == 0


PERIODS = {
    "fct_returns_monthly": (
        "month_start_date", "first_date", "last_date", "day_count", "starting_equity",
        "final_equity", "monthly_return", "is_first_period",
    ),
    "fct_returns_yearly": (
        "year_start_date", "first_date", "last_date", "day_count", "starting_equity",
        "final_equity", "yearly_return", "is_first_period",
    ),
    # The rank is among all episodes of a curve, later ones too.
    "fct_drawdowns": (
        "peak_date", "first_underwater_date", "trough_date", "last_underwater_date",
        "recovery_date", "depth", "peak_equity", "decline_days", "recovery_days", "total_days",
        "day_count",
    ),
}  # fmt: skip


@pytest.mark.parametrize("table", list(PERIODS))
@pytest.mark.parametrize("rows", CUT_ROWS)
def test_closed_periods_of_the_past_stay(
    built: duckdb.DuckDBPyConnection, curves: list[Curve], table: str, rows: int
) -> None:
    by_name = {curve.name: curve for curve in curves}
    ends = {"fct_drawdowns": "recovery_date"}.get(table, "last_date")
    columns = ", ".join(PERIODS[table])
    query = f"select {columns} from {table} where backtest_id = ? and {ends} <= ?"
    cut = by_name[f"cut_{rows}"]
    last = cut.days[-1]
    wanted, found = (
        built.execute(
            f"{query} {only} order by {ends}", [curve.backtest_id(RUN_ID), last]
        ).fetchall()
        for curve, only in ((by_name["index"], ""), (cut, "and not is_open"))
    )
    # The month and the year that the cut goes through may have closed with it in the whole curve.
    assert found == wanted[: len(found)]
    assert len(wanted) - len(found) <= (table != "fct_drawdowns")


def test_all_nine_regimes_occur(built: duckdb.DuckDBPyConnection) -> None:
    ((count,),) = built.execute(
        "select count(distinct regime) from fct_market_regimes where symbol = ?", [INDEX]
    ).fetchall()
    assert count == 9
