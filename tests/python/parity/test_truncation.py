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
    "fct_rolling_daily": ("volatility_14d", "volatility_63d", "sharpe_63d", "trend_strength_20d"),
    "fct_backtest_regimes": (*FIGURES, "volatility_upper_third", *LABELS),
}


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


def test_all_nine_regimes_occur(built: duckdb.DuckDBPyConnection) -> None:
    ((count,),) = built.execute(
        "select count(distinct regime) from fct_market_regimes where symbol = ?", [INDEX]
    ).fetchall()
    assert count == 9
