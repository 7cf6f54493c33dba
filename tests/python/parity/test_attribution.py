"""Exposures in the tables are those of statsmodels on the same real days."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from numpy.typing import NDArray
from statsmodels.regression.rolling import RollingOLS

from curves import Curve
from parity.conftest import CUT_ROWS, RUN_ID, SPARSE_CUTS, read_closes
from parity.factor_files import stock_factors
from parity.test_truncation import differs

Floats = NDArray[np.float64]
NAMES = ["market", "momentum", "size"]
# Of a hundred days and more, real ones that share days with the set.
LONG = ["index", "PG", "UNH", "WMT", "walk_3"]


class Shared:
    """A curve on the days that it shares with the stocks' factors, worked out plainly."""

    def __init__(self, curve: Curve, factors: pl.DataFrame) -> None:
        own = pl.DataFrame({"date": curve.days, "equity": curve.equity})
        growth = factors.select(
            "date", *((1 + pl.col(name)).cum_prod().alias(name) for name in [*NAMES, "RF"])
        )
        joined = own.join(growth, on="date", how="inner").sort("date")
        returns = joined.select(pl.col(name).pct_change() for name in ["equity", *NAMES, "RF"])
        self.base, *self.days = joined["date"].to_list()
        self.own: Floats = (returns["equity"] - returns["RF"]).to_numpy()[1:]
        self.factors: Floats = sm.add_constant(returns.select(NAMES).to_numpy()[1:])


@pytest.fixture(scope="module")
def factors(market_data: Path) -> pl.DataFrame:
    return stock_factors(read_closes(market_data, "sp500_dataset.csv.gz"))


def rows(built: duckdb.DuckDBPyConnection, query: str, *values: str) -> list[dict[str, Any]]:
    found = built.execute(query, list(values))
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def attribution(
    built: duckdb.DuckDBPyConnection, curve: Curve, factor_set: str
) -> dict[str, dict[str, Any]]:
    query = "from fct_factor_attribution where backtest_id = ? and factor_set = ?"
    found = rows(built, query, curve.backtest_id(RUN_ID), factor_set)
    return {row["estimation_window"]: row for row in found}


def exposures(
    built: duckdb.DuckDBPyConnection, curve: Curve, window: str
) -> dict[date, dict[str, dict[str, Any]]]:
    found: dict[date, dict[str, dict[str, Any]]] = {}
    query = """
        from fct_factor_exposures
        where backtest_id = ? and factor_set = 'stocks' and estimation_window = ?
    """
    for row in rows(built, query, curve.backtest_id(RUN_ID), window):
        found.setdefault(row["as_of_date"], {})[row["factor"]] = row
    return found


def long_curves(curves: list[Curve]) -> list[Curve]:
    found = [curve for curve in curves if curve.name in LONG]
    assert len(found) == len(LONG)
    return found


def test_rolling_exposures_are_those_of_statsmodels(
    built: duckdb.DuckDBPyConnection, curves: list[Curve], factors: pl.DataFrame
) -> None:
    for curve in long_curves(curves):
        shared = Shared(curve, factors)
        peer = RollingOLS(shared.own, shared.factors, window=126).fit()
        by_day = dict(zip(shared.days, zip(peer.params, peer.bse, strict=True), strict=True))
        found = exposures(built, curve, "rolling")
        months = {(day.year, day.month) for day in shared.days}
        assert len(found) == len(months)
        for day, row in found.items():
            params, errors = by_day[day]
            if np.isnan(params[0]):
                assert {each["fit_status"] for each in row.values()} == {"too_short"}
                continue
            for position, name in enumerate(NAMES, 1):
                assert row[name]["beta"] == pytest.approx(params[position], rel=1e-9, abs=1e-12)
                assert row[name]["std_error"] == pytest.approx(errors[position], rel=1e-9)
        last = attribution(built, curve, "stocks")["rolling"]
        assert last["r_squared"] == pytest.approx(peer.rsquared[-1], rel=1e-9)
        assert last["beta_size"] == pytest.approx(peer.params[-1, 3], rel=1e-9, abs=1e-12)


def test_expanding_exposures_are_those_of_statsmodels(
    built: duckdb.DuckDBPyConnection, curves: list[Curve], factors: pl.DataFrame
) -> None:
    for curve in long_curves(curves):
        shared = Shared(curve, factors)
        position = {day: row for row, day in enumerate(shared.days)}
        for day, row in list(exposures(built, curve, "expanding").items())[6::23]:
            part = slice(0, position[day] + 1)
            peer = sm.OLS(shared.own[part], shared.factors[part]).fit()
            for number, name in enumerate(NAMES, 1):
                assert row[name]["beta"] == pytest.approx(peer.params[number], rel=1e-9, abs=1e-12)
                assert row[name]["std_error"] == pytest.approx(peer.bse[number], rel=1e-9)
                assert row[name]["observation_count"] == len(shared.own[part])


def test_whole_spans_are_those_of_statsmodels(
    built: duckdb.DuckDBPyConnection, curves: list[Curve], factors: pl.DataFrame
) -> None:
    for curve in long_curves(curves):
        shared = Shared(curve, factors)
        count = len(shared.own)
        lags = int(4 * (count / 100) ** (2 / 9))
        plain = sm.OLS(shared.own, shared.factors)
        peer = plain.fit(cov_type="HAC", cov_kwds={"maxlags": lags})
        full = attribution(built, curve, "stocks")["full"]
        (found,) = exposures(built, curve, "full").values()
        for number, name in enumerate(NAMES, 1):
            assert found[name]["beta"] == pytest.approx(peer.params[number], rel=1e-9, abs=1e-12)
            assert found[name]["std_error"] == pytest.approx(peer.bse[number], rel=1e-9)
            assert found[name]["t_stat"] == pytest.approx(peer.tvalues[number], rel=1e-8, abs=1e-9)
        assert full["r_squared"] == pytest.approx(peer.rsquared, rel=1e-9)
        assert full["observation_count"] == count
        # Of a walk on all days of the week, only the common ones make a year.
        is_walk = curve.name.startswith("walk")
        year = 365 * count / (shared.days[-1] - shared.base).days if is_walk else 252
        assert full["alpha_annual"] == pytest.approx(peer.params[0] * year, rel=1e-9)
        assert full["alpha_t_stat"] == pytest.approx(peer.tvalues[0], rel=1e-8)
        scaled = shared.factors[:, 1:] - shared.factors[:, 1:].mean(axis=0)
        scaled /= scaled.std(axis=0)
        assert full["condition_number"] == pytest.approx(np.linalg.cond(scaled), rel=1e-9)


def test_a_curve_that_holds_a_factor_has_beta_one_and_nothing_beyond(
    built: duckdb.DuckDBPyConnection, curves: list[Curve]
) -> None:
    index = next(curve for curve in curves if curve.name == "index")
    for row in attribution(built, index, "factors").values():
        betas = [row[f"beta_{name}"] for name in NAMES]
        assert betas == pytest.approx([1, 0, 0], abs=1e-9)
        assert (row["alpha_annual"], row["r_squared"]) == pytest.approx((0, 1), abs=1e-12)
        assert row["alpha_residual_cagr"] == pytest.approx(0, abs=1e-11)
        assert row["is_default_set"]


def test_a_seven_day_curve_keeps_its_whole_return(
    built: duckdb.DuckDBPyConnection, curves: list[Curve]
) -> None:
    walk = next(curve for curve in curves if curve.name == "walk_0")
    equity = dict(zip(walk.days, walk.equity, strict=True))
    for row in attribution(built, walk, "stocks").values():
        whole = equity[row["as_of_date"]] / equity[row["base_date"]] - 1
        assert row["attributed_return"] == pytest.approx(whole, rel=1e-9)
        ((total,),) = built.execute(
            """
            select sum(contribution) from fct_factor_contributions
            where backtest_id = ? and factor_set = 'stocks' and estimation_window = ?
            """,
            [walk.backtest_id(RUN_ID), row["estimation_window"]],
        ).fetchall()
        assert total == pytest.approx(whole, rel=1e-9)
    # From the second of January 2020, the first day of the year that the factors have.
    assert attribution(built, walk, "stocks")["full"]["base_date"] == date(2020, 1, 2)


def test_what_cannot_be_fitted_is_a_row_that_says_why(
    built: duckdb.DuckDBPyConnection, curves: list[Curve]
) -> None:
    statuses = {
        ("constant", "stocks"): "flat",
        ("ruined", "stocks"): "ruined",
        ("cut_20", "stocks"): "too_short",
        ("index", "ancient"): "no_overlap",
        ("index", "twins"): "collinear",
        ("walk_1", "twelve"): "ok",
    }
    by_name = {curve.name: curve for curve in curves}
    for (name, factor_set), status in statuses.items():
        found = attribution(built, by_name[name], factor_set)
        assert {row["fit_status"] for row in found.values()} == {status}
        assert len(found) == 3
    # One factor of twelve lacks a year: there are windows before, and after.
    ((gaps, total),) = built.execute(
        """
        select count(*) filter (where fit_status = 'gap'), count(*)
        from fct_factor_exposures
        where backtest_id = ? and factor_set = 'twelve' and estimation_window = 'rolling'
        """,
        [by_name["index"].backtest_id(RUN_ID)],
    ).fetchall()
    assert (gaps, total) == (12 * 5, 12 * (9 * 12 - 12))


def test_every_backtest_has_its_rows_on_every_set(built: duckdb.DuckDBPyConnection) -> None:
    ((wanted,),) = built.execute("select count(*) from dim_backtests where has_curve").fetchall()
    for table in ("fct_factor_attribution", "fct_factor_contributions"):
        found = built.execute(
            f"""
            select count(distinct (backtest_id, estimation_window)) from {table}
            group by factor_set
            """
        ).fetchall()
        assert len(found) == 5
        assert all(count >= 3 * wanted for (count,) in found)


CUTS = [("index", f"cut_{rows}") for rows in CUT_ROWS] + [
    ("sparse", f"sparse_{rows}") for rows in SPARSE_CUTS
]


@pytest.mark.parametrize(("whole", "cut"), CUTS)
def test_exposures_and_contributions_of_the_past_stay(
    built: duckdb.DuckDBPyConnection, curves: list[Curve], whole: str, cut: str
) -> None:
    by_name = {curve.name: curve.backtest_id(RUN_ID) for curve in curves}
    checks = {
        ("fct_factor_exposures", "as_of_date", "is_last_day"): [
            "beta", "std_error", "t_stat", "observation_count",
        ],
        ("fct_factor_contributions_monthly", "month_start_date", "is_open"): ["contribution"],
    }  # fmt: skip
    for (table, day, is_last), figures in checks.items():
        changed = " or ".join(differs(name) for name in figures)
        ((wanted, joined, different),) = built.execute(
            f"""
            with cut as (
                from {table}
                where backtest_id = ? and not {is_last} and estimation_window <> 'full'
            )
            select count(*), count(whole.factor), count(*) filter (where {changed})
            from cut
            left join {table} as whole
                on whole.backtest_id = ? and whole.factor_set = cut.factor_set
                and whole.estimation_window = cut.estimation_window
                and whole.{day} = cut.{day} and whole.factor = cut.factor
            """,
            [by_name[cut], by_name[whole]],
        ).fetchall()
        assert wanted == joined
        assert different == 0
        rows_kept = int(cut.split("_")[1])
        assert wanted > 0 or table.endswith("monthly") or rows_kept <= 20
        assert wanted > 0 or rows_kept < 180
